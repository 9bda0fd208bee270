using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Rooms;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Boards;

/// <summary>ROOM_BOARD_LIST: the room's boards.</summary>
internal sealed class ListBoardsHandler(ReadConnections reads) : IQueryHandler<ListBoards>
{
    public ErrorReply? Validate(ListBoards command) => FieldRules.RoomId(command.RoomId);

    public Outcome Handle(ListBoards command, Caller caller) => reads.Read<Outcome>(read =>
    {
        if (read.Rooms.Access(command.RoomId, caller.UserId) is not { } room) return RoomErrors.NotFound;
        if (room.Refuse(RoomAction.See, null) is { } refusal) return refusal;

        return Outcome.Answer(new BoardListResponse(room.RoomId, [.. read.Boards.OfRoom(room.RoomId)]));
    });
}
