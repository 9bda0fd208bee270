using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Boards;

/// <summary>ROOM_BOARD_SNAPSHOT: stores a client's board snapshot in place of the updates that it covers.</summary>
internal sealed class SnapshotBoardHandler : IRoomChangeHandler<SnapshotBoard>
{
    public ErrorReply? Validate(SnapshotBoard command, Caller caller) => command.Payload.Length == 0
        ? FieldRules.Invalid("payload must not be empty.")
        : FieldRules.RoomId(command.RoomId) ?? FieldRules.BoardId(command.BoardId);

    public void Need(SnapshotBoard command, Caller caller, RoomNeeds room, Needs needs) => room.BoardPlaces.Add((command.BoardId, command.Seq));

    public Outcome Handle(SnapshotBoard command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (write.Boards.Find(room.RoomId, command.BoardId) is not { } board) return BoardErrors.NotFound;
        if (command.Seq <= board.SnapshotSeq || command.Seq > board.Seq) return BoardErrors.WrongSeq(command.Seq, board.SnapshotSeq, board.Seq);

        // A member's client that lags behind, or that starts with an empty board, would wipe out what the others drew. Who may delete the board is trusted.
        if (room.Refuse(RoomAction.ManageBoards) is not null && caller.SeenBoards.SeqOf(board.Epoch) is var seen && seen < command.Seq)
        {
            return BoardErrors.Unseen(command.Seq, seen);
        }

        write.Boards.SaveSnapshot(room.RoomId, command.BoardId, command.Seq, command.Payload);
        return Outcome.ChangedQuietly(
            write.Snapshots.At(room.RoomId, room.Version),
            new SnapshotBoardResponse(room.RoomId, command.BoardId, command.Seq),
            AuditNote.About(command.BoardId));
    }
}
