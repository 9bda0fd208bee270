using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Boards;

/// <summary>ROOM_BOARD_LIST: lists the room's boards.</summary>
internal sealed class ListBoardsHandler : IRoomQueryHandler<ListBoards>
{
    public ErrorReply? Validate(ListBoards command, Caller caller) => FieldRules.RoomId(command.RoomId);

    public Outcome Handle(ListBoards command, Caller caller, RoomSnapshot room, IReads reads)
    {
        return Outcome.Answer(new BoardListResponse(command.RoomId, reads.Read(read => read.Boards.OfRoom(command.RoomId).ToList())));
    }
}
