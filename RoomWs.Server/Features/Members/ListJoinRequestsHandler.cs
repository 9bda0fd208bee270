using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Members;

/// <summary>ROOM_JOIN_REQUESTS: lists the room's join requests, page by page.</summary>
internal sealed class ListJoinRequestsHandler : IRoomQueryHandler<ListJoinRequests>
{
    public ErrorReply? Validate(ListJoinRequests command, Caller caller) =>
        Paging.Refuse(command.Limit, command.Cursor, PendingRequest.IdPrefix, MessageTypes.RoomJoinRequestsResponse) ?? FieldRules.RoomId(command.RoomId);

    public Outcome Handle(ListJoinRequests command, Caller caller, RoomSnapshot room, IReads reads)
    {
        var (page, next) = reads.Read(read => Paging.Read(
            command.Limit,
            command.Cursor,
            (after, limit) => read.JoinRequests.OfRoom(command.RoomId, after, limit),
            request => request.RequestId));
        return Outcome.Answer(new JoinRequestsResponse(command.RoomId, page.ConvertAll(Show), next));
    }

    private static JoinRequest Show(PendingRequest request) => new()
    {
        RequestId = request.RequestId,
        UserId = request.UserId,
        Username = request.Username,
        At = request.At,
    };
}
