using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Boards;

/// <summary>ROOM_BOARD_LIST: the room's boards.</summary>
internal sealed class ListBoardsHandler(RoomFinder finder, ReadConnections reads) : IQueryHandler<ListBoards>
{
    public ErrorReply? Validate(ListBoards command) => FieldRules.RoomId(command.RoomId);

    public Outcome Handle(ListBoards command, Caller caller)
    {
        if (finder.Find(command.RoomId, null) is not { } seen) return RoomErrors.NotFound;
        if (seen.Refuse(RoomAction.See, caller.UserId) is { } refusal) return refusal;

        return new Outcome.Answered(new BoardListResponse(command.RoomId, reads.Read(read => read.Boards.OfRoom(command.RoomId).ToList())), seen);
    }
}
