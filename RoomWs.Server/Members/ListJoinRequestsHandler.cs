using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Rooms;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Members;

/// <summary>ROOM_JOIN_REQUESTS: who asks to be let in.</summary>
internal sealed class ListJoinRequestsHandler(ReadConnections reads) : IQueryHandler<ListJoinRequests>
{
    public ErrorReply? Validate(ListJoinRequests command) => FieldRules.RoomId(command.RoomId);

    public Outcome Handle(ListJoinRequests command, Caller caller) => reads.Read<Outcome>(read =>
    {
        if (read.Rooms.Access(command.RoomId, caller.UserId) is not { } room) return RoomErrors.NotFound;
        if (room.Refuse(RoomAction.DecideRequests, null) is { } refusal) return refusal;

        var requests = read.JoinRequests.OfRoom(room.RoomId).Select(request => new JoinRequest
        {
            RequestId = request.RequestId,
            UserId = request.UserId,
            Username = request.Username,
            At = request.At,
        });
        return Outcome.Answer(new JoinRequestsResponse(room.RoomId, [.. requests]));
    });
}
