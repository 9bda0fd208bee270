using RoomWs.Protocol;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>A user's own coming into a room - by a join, a code or an approval - and what the room hears of it.</summary>
internal static class Arrival
{
    /// <summary>The caller comes in, and is answered with the room.</summary>
    /// <param name="caller">Who comes.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="inviteId">The invite that lets it in, where it is one.</param>
    /// <param name="write">Where to change it.</param>
    public static Outcome Of(Caller caller, string roomId, string? inviteId, WriteScope write)
    {
        var after = Newcomers.Add(roomId, [caller.UserId], write);
        return new Outcome.Changed(
            // Made when it is told: in a burst of joins into a big room, a batch of whole rooms would be in memory at once.
            new OutboundMessage(MessageTypes.RoomJoinResponse, expectedBytes: 0, () => Response(after, alreadyMember: false, after.UpdatedAt)),
            new RoomChange(roomId, after, Joined(after, caller.UserId, caller.Username), new RoomEvent(after.MembersUpdated, after.MemberIds)))
        {
            Note = AuditNote.About(inviteId),
        };
    }

    /// <summary>Tells the room who has come; its ROOM_MEMBERS_UPDATED is to follow.</summary>
    public static RoomEvent Joined(RoomSnapshot after, string userId, string username) =>
        new(new RoomMemberJoined(after.Id, userId, username, RoomRole.Member, after.UpdatedAt), after.MemberIds);

    public static JoinRoomResponse Response(RoomSnapshot room, bool alreadyMember, long now) => new(
        Success: true,
        room.Id,
        new RoomInfo(
            room.Id,
            room.Meta.Name,
            room.Meta.ThumbnailUrl,
            room.Meta.CreatedAt,
            room.Meta.CreatedBy,
            room.MemberCount,
            room.Version,
            room.UpdatedAt),
        room.MemberIds,
        room.ToRoom(),
        alreadyMember,
        now);
}
