using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_JOIN_REQUESTS: lists the room's join requests.</summary>
internal sealed class ListJoinRequestsHandler : IRoomQueryHandler<ListJoinRequests>
{
    public ErrorReply? Validate(ListJoinRequests command, Caller caller) => FieldRules.RoomId(command.RoomId);

    public Outcome Handle(ListJoinRequests command, Caller caller, RoomSnapshot room, IReads reads)
    {
        var requests = reads.Read(read => read.JoinRequests.OfRoom(command.RoomId).Select(request => new JoinRequest
        {
            RequestId = request.RequestId,
            UserId = request.UserId,
            Username = request.Username,
            At = request.At,
        }).ToList());
        return Outcome.Answer(new JoinRequestsResponse(command.RoomId, requests));
    }
}
