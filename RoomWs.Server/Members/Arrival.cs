using RoomWs.Protocol.Members;
using RoomWs.Server.Broadcasting;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Members;

/// <summary>A user's own coming into a room - by a join, a code or an approval - and what the room hears of it.</summary>
internal static class Arrival
{
    /// <summary>The caller comes in, and is answered with the room.</summary>
    public static Outcome Of(Caller caller, string roomId, WriteScope write)
    {
        var after = Newcomers.Add(roomId, [caller.UserId], write);
        return new Outcome.Changed(
            Response(after, alreadyMember: false, after.UpdatedAt),
            new RoomChange(roomId, after, Joined(after, caller.UserId, caller.Username), new RoomEvent(after.MembersUpdated, after.MemberIds)));
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
