using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>
/// Who may become a member, asked and done in one place for every door into a room: making it, being added, joining, a code, an
/// approved request.
/// </summary>
internal sealed class Admission(LimitOptions limits)
{
    /// <summary>Why a room cannot be made with these members; null where it can.</summary>
    public ErrorReply? RefuseCreation(string ownerId, IReadOnlyCollection<string> others, WriteScope write)
    {
        if (limits.MembersPerRoom > 0 && 1 + others.Count > limits.MembersPerRoom) return RoomErrors.RoomFull(ErrorCode.CreateFailed, limits.MembersPerRoom);
        return RefuseRooms(ErrorCode.CreateFailed, others.Prepend(ownerId), write);
    }

    /// <summary>Makes users who are not in a room its MEMBERs, all of them in one version or none.</summary>
    /// <param name="room">The room.</param>
    /// <param name="userIds">The users, each once.</param>
    /// <param name="write">Where to change it.</param>
    /// <param name="after">The room with them; null where they are refused.</param>
    /// <returns>Why not; null where they are in.</returns>
    public ErrorReply? TryAdmit(RoomAccess room, IReadOnlyCollection<string> userIds, WriteScope write, out RoomSnapshot? after)
    {
        after = null;
        if (limits.MembersPerRoom > 0 && room.MemberCount + userIds.Count > limits.MembersPerRoom) return RoomErrors.RoomFull(ErrorCode.JoinFailed, limits.MembersPerRoom);
        if (RefuseRooms(ErrorCode.JoinFailed, userIds, write) is { } refusal) return refusal;

        after = Add(room.RoomId, userIds, write);
        return null;
    }

    /// <summary>The caller comes in by itself, and is answered with the room.</summary>
    /// <param name="room">The room, of which it is no member.</param>
    /// <param name="caller">Who comes.</param>
    /// <param name="write">Where to change it.</param>
    /// <param name="inviteId">The invite that lets it in, where it is one.</param>
    public Outcome Join(RoomAccess room, Caller caller, WriteScope write, string? inviteId = null)
    {
        if (TryAdmit(room, [caller.UserId], write, out var joined) is { } refusal) return refusal;

        var after = joined!;
        return new Outcome.Changed(
            // Made when it is told: in a burst of joins into a big room, a batch of whole rooms would be in memory at once.
            new OutboundMessage(MessageTypes.RoomJoinResponse, expectedBytes: 0, () => Arrival.Response(after, alreadyMember: false, after.UpdatedAt)),
            new RoomChange(after.Id, after, Arrival.Notice(after, caller.UserId, caller.Username), RoomEvent.MemberList(after, after.MemberIds)))
        {
            Note = AuditNote.About(inviteId),
        };
    }

    /// <summary>The caller comes in by a code, which is used up by it.</summary>
    /// <param name="code">The code.</param>
    /// <param name="room">The room that the code has to be for; null where any will do.</param>
    /// <param name="caller">Who comes.</param>
    /// <param name="write">Where to change it.</param>
    public Outcome JoinByCode(string code, RoomAccess? room, Caller caller, WriteScope write)
    {
        var (invite, refusal) = FindInvite(code, room?.RoomId, write);
        if (invite is null) return refusal!;

        // An invite goes with its room, so the room of one that is there is there too.
        room ??= write.Rooms.Access(invite.RoomId, caller.UserId)!;
        if (room.Role is not null) return InviteErrors.AlreadyMember;

        var outcome = Join(room, caller, write, invite.InviteId);
        if (outcome is Outcome.Changed) write.Invites.Use(invite.InviteId, caller.UserId, write.Now);
        return outcome;
    }

    /// <summary>The invite that a code is for, if it still holds; else why not.</summary>
    private static (StoredInvite? Invite, ErrorReply? Refusal) FindInvite(string code, string? roomId, WriteScope write)
    {
        if (write.Invites.FindByHash(InviteCodes.Hash(code)) is not { } invite) return (null, InviteErrors.NotFound);
        // A code of another room is no code of this one; which it is of, and what became of it there, is not the caller's to know.
        if (roomId is not null && invite.RoomId != roomId) return (null, InviteErrors.NotFound);
        if (invite.UsedAt is not null) return (null, InviteErrors.Used);
        return invite.ExpiresAt <= write.Now ? (null, InviteErrors.Expired) : (invite, null);
    }

    private static RoomSnapshot Add(string roomId, IReadOnlyCollection<string> userIds, WriteScope write)
    {
        Member[] members = [.. userIds.Select(userId => new Member(userId, RoomRole.Member, write.Now))];
        foreach (var member in members)
        {
            write.Members.Add(roomId, member);
            // Whoever is in does not ask to be let in any more, whichever way it came.
            write.JoinRequests.End(roomId, member.UserId);
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
