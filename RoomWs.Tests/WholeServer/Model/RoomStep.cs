namespace RoomWs.Tests.WholeServer.Model;

/// <summary>What a user asks of a room, in the model's words.</summary>
internal enum StepKind
{
    Create,
    Rename,
    StaleRename,
    SetPolicy,
    Add,
    Remove,
    Promote,
    Demote,
    Transfer,
    Leave,
    Join,
    JoinByCode,
    Approve,
    Deny,
    Cancel,
    Invite,
    Accept,
    Revoke,
    Wait,
    Delete,
}

/// <summary>One request: who, what, on which room, to whom where there is a target, and which where there is a choice.</summary>
internal sealed record Step(StepKind Kind, string Caller, string Room, string Target, int Pick)
{
    private static readonly string[] Policies = ["OPEN", "APPROVAL", "INVITE", "APPROVAL"];

    /// <summary>The name that a renaming gives.</summary>
    public string NewName => $"{Caller} likes {Target}";

    /// <summary>The joinPolicy that a creation or a change of it gives.</summary>
    public string Policy => Policies[Pick];

    /// <summary>How long an invite holds: some end within a sequence, others never do.</summary>
    public int LifeSeconds => Pick % 2 == 0 ? 60 : 86_400;

    /// <summary>How much of the clock passes with the step; never nothing, so that what comes later has a later time.</summary>
    public TimeSpan Takes => Kind == StepKind.Wait ? TimeSpan.FromMinutes(1) : TimeSpan.FromMilliseconds(1);

    public override string ToString() => $"{Caller}:{Kind}({Room},{Target},{Pick})";

    /// <summary>The step as a client sends it.</summary>
    /// <param name="inviteId">The invite that it is about, if any.</param>
    /// <param name="code">The code of that invite.</param>
    public object ToRequest(string inviteId, string code)
    {
        var (roomId, userId) = (Room, Target);
        return Kind switch
        {
            StepKind.Create => new { type = "ROOM_CREATE", roomId, joinPolicy = Policy, memberIds = new[] { userId } },
            StepKind.Rename => new { type = "ROOM_UPDATE_META", roomId, patch = new { name = NewName } },
            StepKind.StaleRename => new { type = "ROOM_UPDATE_META", roomId, patch = new { name = "never" }, ifVersion = 0 },
            StepKind.SetPolicy => new { type = "ROOM_UPDATE_META", roomId, patch = new { joinPolicy = Policy } },
            StepKind.Add => new { type = "ROOM_ADD_MEMBERS", roomId, userIds = new[] { userId } },
            StepKind.Remove => new { type = "ROOM_REMOVE_MEMBER", roomId, userId },
            StepKind.Promote => new { type = "ROOM_SET_ROLE", roomId, userId, role = "ADMIN" },
            StepKind.Demote => new { type = "ROOM_SET_ROLE", roomId, userId, role = "MEMBER" },
            StepKind.Transfer => new { type = "ROOM_SET_ROLE", roomId, userId, role = "OWNER" },
            StepKind.Leave => new { type = "ROOM_LEAVE", roomId },
            StepKind.Join => new { type = "ROOM_JOIN", roomId },
            StepKind.JoinByCode => new { type = "ROOM_JOIN", roomId, code },
            StepKind.Approve => new { type = "ROOM_JOIN_APPROVE", roomId, userId },
            StepKind.Deny => new { type = "ROOM_JOIN_DENY", roomId, userId },
            StepKind.Cancel => new { type = "ROOM_JOIN_CANCEL", roomId },
            StepKind.Invite => new { type = "ROOM_INVITE_CREATE", roomId, expiresInSeconds = LifeSeconds },
            StepKind.Accept => new { type = "ROOM_INVITE_ACCEPT", code },
            StepKind.Revoke => new { type = "ROOM_INVITE_REVOKE", roomId, inviteId },
            StepKind.Wait => new { type = "PING" },
            _ => new { type = "ROOM_DELETE", roomId },
        };
    }
}
