using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>
/// Checks the limits of members and rooms for every way into a room: creation, being added, joining, a code, an approved request. It also
/// adds the members, except at creation.
/// </summary>
internal sealed class Admission(LimitOptions limits, GrowthRate growth)
{
    /// <summary>Names what <see cref="RefuseCreation"/> looks at.</summary>
    public void NeedCreation(string ownerId, IReadOnlyList<string> others, Needs needs)
    {
        NeedOwnRooms(ownerId, needs);
        NeedAdding(others, needs);
        growth.Need(ownerId, rooms: 1, others.Count, needs);
    }

    /// <summary>Names what <see cref="TryAdd"/> looks at, and whether the users are members.</summary>
    public void NeedAdding(string callerId, IReadOnlyList<string> userIds, RoomNeeds room, Needs needs)
    {
        NeedAdding(userIds, needs);
        growth.Need(callerId, rooms: 0, userIds.Count, needs);
        room.Members.AddRange(userIds);
        room.Requests.AddRange(userIds);
    }

    /// <summary>Names what <see cref="TryApprove"/> and <see cref="Join"/> look at.</summary>
    public void NeedJoining(string userId, RoomNeeds room, Needs needs)
    {
        NeedOwnRooms(userId, needs);
        room.Requests.Add(userId);
    }

    /// <summary>Names what <see cref="JoinByCode"/> looks at.</summary>
    public void NeedCode(string code, string userId, Needs needs)
    {
        NeedOwnRooms(userId, needs);
        needs.Codes.Add((InviteCodes.Hash(code), userId));
    }

    /// <summary>
    /// Returns why a room cannot be created with these members, or null if it can. Then the creation counts, and nothing else may refuse it.
    /// </summary>
    public ErrorReply? RefuseCreation(string ownerId, IReadOnlyList<string> others, WriteScope write)
    {
        if (limits.MembersPerRoom > 0 && 1 + others.Count > limits.MembersPerRoom) return RoomErrors.RoomFull(ErrorCode.CreateFailed, limits.MembersPerRoom);
        if (HasAllItsRooms(ownerId, write)) return RoomErrors.TooManyRooms(ErrorCode.CreateFailed, limits.RoomsPerUser);
        return RefuseAdding(ErrorCode.CreateFailed, others, write) ?? growth.TryTake(ownerId, 1, others.Count, write);
    }

    /// <summary>Makes users who are not in the room its MEMBERs, without asking them: all of them in one version, or none.</summary>
    /// <param name="room">The room.</param>
    /// <param name="caller">Who adds them.</param>
    /// <param name="userIds">The users, without duplicates.</param>
    /// <param name="write">The writer's scope.</param>
    /// <param name="after">The room with them; null if they are refused.</param>
    /// <returns>The refusal; null if they were added.</returns>
    public ErrorReply? TryAdd(RoomAccess room, Caller caller, IReadOnlyList<string> userIds, WriteScope write, out RoomSnapshot? after)
    {
        after = null;
        if (RefuseFull(room, userIds.Count) is { } full) return full;
        if ((RefuseAdding(ErrorCode.JoinFailed, userIds, write) ?? growth.TryTake(caller.UserId, 0, userIds.Count, write)) is { } refusal) return refusal;

        after = Admit(room.RoomId, userIds, wereAdded: true, write);
        return null;
    }

    /// <summary>Makes a user who has asked for it a MEMBER of the room.</summary>
    /// <param name="room">The room. The user must not be a member yet.</param>
    /// <param name="userId">The user whose request is approved.</param>
    /// <param name="write">The writer's scope.</param>
    /// <param name="after">The room with it; null if it is refused.</param>
    /// <returns>The refusal; null if it was let in.</returns>
    public ErrorReply? TryApprove(RoomAccess room, string userId, WriteScope write, out RoomSnapshot? after)
    {
        after = null;
        if (RefuseFull(room, 1) is { } full) return full;
        if (HasAllItsRooms(userId, write)) return RoomErrors.TooManyRooms(ErrorCode.JoinFailed, userId);

        after = Admit(room.RoomId, [userId], wereAdded: false, write);
        return null;
    }

    /// <summary>Admits the caller, and answers with the room.</summary>
    /// <param name="room">The room. The caller must not be a member yet.</param>
    /// <param name="caller">The user who joins.</param>
    /// <param name="write">The writer's scope.</param>
    /// <param name="inviteId">The invite that was used, if any. For the audit trail.</param>
    public Outcome Join(RoomAccess room, Caller caller, WriteScope write, string? inviteId = null)
    {
        if (RefuseFull(room, 1) is { } full) return full;
        if (HasAllItsRooms(caller.UserId, write)) return RoomErrors.TooManyRooms(ErrorCode.JoinFailed, limits.RoomsPerUser);

        var after = Admit(room.RoomId, [caller.UserId], wereAdded: false, write);
        return Outcome.ChangedShowing(
            RoomReply.Joined(after.UpdatedAt),
            new RoomChange(after.Id, after, Arrival.Notice(after, caller.UserId, caller.Username), RoomEvent.MemberList(after))) with
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
        var (invite, refusal) = FindInvite(code, room?.RoomId, caller.UserId, write);
        if (invite is null) return refusal!;

        // The code of a room that is deleted is not found, so this room exists.
        room ??= write.Rooms.Access(invite.RoomId!, caller.UserId)!;
        if (room.Role is not null) return InviteErrors.AlreadyMember;

        var outcome = Join(room, caller, write, invite.InviteId);
        if (outcome is Outcome.Changed) write.Invites.Use(invite.InviteId, caller.UserId, write.Now);
        return outcome;
    }

    /// <summary>Returns the invite of a code if it is still valid, or the refusal.</summary>
    private static (StoredInvite? Invite, ErrorReply? Refusal) FindInvite(string code, string? roomId, string userId, WriteScope write)
    {
        if (write.Invites.FindByHash(InviteCodes.Hash(code), userId) is not { RoomId: { } ofRoom } invite || write.Rooms.Find(ofRoom)?.Number != invite.RoomNumber) return (null, InviteErrors.NotFound);
        // Same answer as for an unknown code: the caller must not learn that it belongs to another room, or what became of it there.
        if (roomId is not null && ofRoom != roomId) return (null, InviteErrors.NotFound);
        // Same answer again: a code that its maker could not make any more lets nobody in, until the maker can again.
        if (!RoomPermissions.Allow(write.Members.Role(ofRoom, invite.CreatedBy), RoomAction.ManageInvites)) return (null, InviteErrors.NotFound);
        if (invite.UsedAt is not null) return (null, InviteErrors.Used);
        return invite.ExpiresAt <= write.Now ? (null, InviteErrors.Expired) : (invite, null);
    }

    private static RoomSnapshot Admit(string roomId, IReadOnlyList<string> userIds, bool wereAdded, WriteScope write)
    {
        Member[] members = [.. userIds.Select(userId => new Member(userId, RoomRole.Member, write.Now))];
        write.Members.Add(roomId, members, wereAdded);
        foreach (var member in members)
        {
            // A member has no join request, whichever way the user came in.
            write.JoinRequests.End(roomId, member.UserId);
            write.JoinRequests.ForgetDenial(roomId, member.UserId);
        }

        var version = write.Rooms.MembersChanged(roomId, members.Length, write.Now);
        return write.Snapshots.Change(roomId, version, MemberChange.Joined(members), write.Now);
    }

    private void NeedOwnRooms(string userId, Needs needs)
    {
        if (limits.RoomsPerUser > 0) needs.OwnRooms[userId] = limits.RoomsPerUser;
    }

    private void NeedAdding(IReadOnlyList<string> userIds, Needs needs)
    {
        if (limits.AddedRoomsPerUser == 0) return;
        foreach (var userId in userIds) needs.AddedRooms[userId] = limits.AddedRoomsPerUser;
    }

    private ErrorReply? RefuseFull(RoomAccess room, int newcomers) =>
        limits.MembersPerRoom > 0 && room.MemberCount + newcomers > limits.MembersPerRoom ? RoomErrors.RoomFull(ErrorCode.JoinFailed, limits.MembersPerRoom) : null;

    /// <summary>Rooms that others put the user into do not count, or else they could keep it out of all others.</summary>
    private bool HasAllItsRooms(string userId, WriteScope write) =>
        limits.RoomsPerUser > 0 && write.Members.OwnRoomsOf(userId, limits.RoomsPerUser) >= limits.RoomsPerUser;

    private ErrorReply? RefuseAdding(ErrorCode code, IReadOnlyList<string> userIds, WriteScope write) =>
        limits.AddedRoomsPerUser > 0 && userIds.Count > 0 && write.Members.FirstAddedTo(userIds, limits.AddedRoomsPerUser) is { } userId
            ? RoomErrors.AddedToTooMany(code, userId)
            : null;
}
