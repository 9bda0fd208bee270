using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Boards;

/// <summary>ROOM_BOARD_CREATE: adds an empty board to the room.</summary>
internal sealed class CreateBoardHandler(FieldRules rules, LimitOptions limits) : IRoomChangeHandler<CreateBoard>
{
    public ErrorReply? Validate(CreateBoard command, Caller caller) =>
        FieldRules.RoomId(command.RoomId) ?? FieldRules.BoardId(command.BoardId) ?? rules.Name("name", command.Name);

    public void Need(CreateBoard command, Caller caller, RoomNeeds room, Needs needs)
    {
        if (command.BoardId is { } boardId) room.Boards.Add(boardId);
    }

    public Outcome Handle(CreateBoard command, Caller caller, RoomAccess room, WriteScope write)
    {
        var now = write.Now;
        var boardId = command.BoardId ?? "board_" + Ids.New(now);
        // An id that is made here is nobody's yet.
        if (command.BoardId is not null && write.Boards.Find(room.RoomId, boardId) is not null) return BoardErrors.Taken;
        if (limits.BoardsPerRoom > 0 && write.Boards.Count(room.RoomId) >= limits.BoardsPerRoom) return BoardErrors.TooMany(limits.BoardsPerRoom);

        var board = new Board { BoardId = boardId, Epoch = Ids.NewEpoch(), Name = command.Name ?? boardId, Seq = 0, CreatedBy = caller.UserId, CreatedAt = now };
        write.Boards.Add(room.RoomId, board);

        var present = write.Snapshots.At(room.RoomId, room.Version);
        return Outcome.ChangedForAll(present, new BoardCreated(room.RoomId, board), AuditNote.About(boardId));
    }
}
