using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_JOIN_REQUESTS: who asks to be let in.</summary>
internal sealed class ListJoinRequestsHandler(RoomFinder finder, ReadConnections reads) : IQueryHandler<ListJoinRequests>
{
    public ErrorReply? Validate(ListJoinRequests command) => FieldRules.RoomId(command.RoomId);

    public Outcome Handle(ListJoinRequests command, Caller caller)
    {
        if (finder.Find(command.RoomId, null) is not { } seen) return RoomErrors.NotFound;
        if (seen.Refuse(RoomAction.DecideRequests, caller.UserId) is { } refusal) return refusal;

        var requests = reads.Read(read => read.JoinRequests.OfRoom(command.RoomId).Select(request => new JoinRequest
        {
            RequestId = request.RequestId,
            UserId = request.UserId,
            Username = request.Username,
            At = request.At,
        }).ToList());
        return new Outcome.Answered(new JoinRequestsResponse(command.RoomId, requests), seen);
    }
}
