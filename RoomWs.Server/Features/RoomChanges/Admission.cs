using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>
/// Checks the limits of members and rooms for every way into a room: creation, being added, joining, a code, an approved request. It also
/// adds the members, except at creation.
/// </summary>
internal sealed class Admission(LimitOptions limits)
{
    /// <summary>Returns why a room cannot be created with these members, or null if it can.</summary>
    public ErrorReply? RefuseCreation(string ownerId, IReadOnlyCollection<string> others, WriteScope write)
    {
        if (limits.MembersPerRoom > 0 && 1 + others.Count > limits.MembersPerRoom) return RoomErrors.RoomFull(ErrorCode.CreateFailed, limits.MembersPerRoom);
        return RefuseRooms(ErrorCode.CreateFailed, others.Prepend(ownerId), write);
    }

    /// <summary>Makes users who are not in the room its MEMBERs: all of them in one version, or none.</summary>
    /// <param name="room">The room.</param>
    /// <param name="userIds">The users, without duplicates.</param>
    /// <param name="write">The writer's scope.</param>
    /// <param name="after">The room with them; null if they are refused.</param>
    /// <returns>The refusal; null if they were admitted.</returns>
    public ErrorReply? TryAdmit(RoomAccess room, IReadOnlyCollection<string> userIds, WriteScope write, out RoomSnapshot? after)
    {
        after = null;
        if (limits.MembersPerRoom > 0 && room.MemberCount + userIds.Count > limits.MembersPerRoom) return RoomErrors.RoomFull(ErrorCode.JoinFailed, limits.MembersPerRoom);
        if (RefuseRooms(ErrorCode.JoinFailed, userIds, write) is { } refusal) return refusal;

        after = Add(room.RoomId, userIds, write);
        return null;
    }

    /// <summary>Admits the caller, and answers with the room.</summary>
    /// <param name="room">The room. The caller must not be a member yet.</param>
    /// <param name="caller">The user who joins.</param>
    /// <param name="write">The writer's scope.</param>
    /// <param name="inviteId">The invite that was used, if any. For the audit trail.</param>
    public Outcome Join(RoomAccess room, Caller caller, WriteScope write, string? inviteId = null)
    {
        if (TryAdmit(room, [caller.UserId], write, out var joined) is { } refusal) return refusal;

        var after = joined!;
        return Outcome.ChangedShowing(
            RoomReply.Joined(after.UpdatedAt),
            new RoomChange(after.Id, after, Arrival.Notice(after, caller.UserId, caller.Username), RoomEvent.MemberList(after, after.MemberIds))) with
        {
            Note = AuditNote.About(inviteId),
        };
    }

    /// <summary>Admits the caller by a code, which is then used up.</summary>
    /// <param name="code">The code.</param>
    /// <param name="room">The room that the code must be for; null for any room.</param>
    /// <param name="caller">The user who joins.</param>
    /// <param name="write">The writer's scope.</param>
    public Outcome JoinByCode(string code, RoomAccess? room, Caller caller, WriteScope write)
    {
        var (invite, refusal) = FindInvite(code, room?.RoomId, write);
        if (invite is null) return refusal!;

        // Deleting a room deletes its invites, so this room exists.
        room ??= write.Rooms.Access(invite.RoomId, caller.UserId)!;
        if (room.Role is not null) return InviteErrors.AlreadyMember;

        var outcome = Join(room, caller, write, invite.InviteId);
        if (outcome is Outcome.Changed) write.Invites.Use(invite.InviteId, caller.UserId, write.Now);
        return outcome;
    }

    /// <summary>Returns the invite of a code if it is still valid, or the refusal.</summary>
    private static (StoredInvite? Invite, ErrorReply? Refusal) FindInvite(string code, string? roomId, WriteScope write)
    {
        if (write.Invites.FindByHash(InviteCodes.Hash(code)) is not { } invite) return (null, InviteErrors.NotFound);
        // Same answer as for an unknown code: the caller must not learn that it belongs to another room, or what became of it there.
        if (roomId is not null && invite.RoomId != roomId) return (null, InviteErrors.NotFound);
        // Same answer again: a code that its maker could not make any more lets nobody in, until the maker can again.
        if (!RoomPermissions.Allow(write.Members.Role(invite.RoomId, invite.CreatedBy), RoomAction.ManageInvites)) return (null, InviteErrors.NotFound);
        if (invite.UsedAt is not null) return (null, InviteErrors.Used);
        return invite.ExpiresAt <= write.Now ? (null, InviteErrors.Expired) : (invite, null);
    }

    private static RoomSnapshot Add(string roomId, IReadOnlyCollection<string> userIds, WriteScope write)
    {
        Member[] members = [.. userIds.Select(userId => new Member(userId, RoomRole.Member, write.Now))];
        foreach (var member in members)
        {
            write.Members.Add(roomId, member);
            // A member has no join request, whichever way the user came in.
            write.JoinRequests.End(roomId, member.UserId);
            write.JoinRequests.ForgetDenial(roomId, member.UserId);
        }

        var version = write.Rooms.MembersChanged(roomId, members.Length, write.Now);
        return write.Snapshots.Change(roomId, version, MemberChange.Joined(members), write.Now);
    }

    private ErrorReply? RefuseRooms(ErrorCode code, IEnumerable<string> userIds, WriteScope write)
    {
        if (limits.RoomsPerUser == 0) return null;
        foreach (var userId in userIds)
        {
            if (write.Members.RoomsOf(userId, limits.RoomsPerUser) >= limits.RoomsPerUser) return RoomErrors.TooManyRooms(code, userId, limits.RoomsPerUser);
        }

        return null;
    }
}
