using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Broadcasting;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Rooms;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Members;

/// <summary>ROOM_JOIN: the caller comes into an OPEN room.</summary>
internal sealed class JoinRoomHandler(LimitOptions limits) : IChangeHandler<JoinRoom>
{
    private static readonly ErrorReply Private = new(ErrorCode.Forbidden, "Room is private. Invitation code required.");

    private static readonly ErrorReply ByApproval = new(ErrorCode.Forbidden, "The room's joinPolicy is APPROVAL: an OWNER or ADMIN has to add you.");

    public ErrorReply? Validate(JoinRoom command) => FieldRules.RoomIdOrSlug(command.RoomId, command.Slug);

    public Outcome Handle(JoinRoom command, Caller caller, WriteScope write)
    {
        var roomId = command.RoomId ?? write.Rooms.FindIdBySlug(command.Slug!);
        if (roomId is null || write.Rooms.Access(roomId, caller.UserId) is not { } room) return RoomErrors.NotFound;
        if (room.Role is not null)
        {
            return Outcome.Answer(Response(write.Snapshots.At(roomId, room.Version), alreadyMember: true, write.Now));
        }

        if (room.JoinPolicy == JoinPolicy.Invite) return Private;
        if (room.JoinPolicy == JoinPolicy.Approval) return ByApproval;
        if (MembershipLimits.RefuseJoin(room, [caller.UserId], limits, write) is { } full) return full;

        var after = Newcomers.Add(roomId, [caller.UserId], write);
        var joined = new RoomMemberJoined(roomId, caller.UserId, caller.Username, RoomRole.Member, after.UpdatedAt);
        return new Outcome.Changed(Response(after, alreadyMember: false, after.UpdatedAt), new RoomChange(
            roomId,
            after,
            new RoomEvent(joined, after.MemberIds),
            new RoomEvent(after.ToMembersUpdated(), after.MemberIds)));
    }

    private static JoinRoomResponse Response(RoomSnapshot room, bool alreadyMember, long now) => new(
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
