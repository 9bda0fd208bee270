using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Boards;

/// <summary>ROOM_BOARD_DELETE: deletes a board with its updates and its snapshot. The active board is refused.</summary>
internal sealed class DeleteBoardHandler : IRoomChangeHandler<DeleteBoard>
{
    public ErrorReply? Validate(DeleteBoard command, Caller caller) => FieldRules.RoomId(command.RoomId) ?? FieldRules.BoardId(command.BoardId);

    public void Need(DeleteBoard command, Caller caller, RoomNeeds room, Needs needs) => room.Boards.Add(command.BoardId);

    public Outcome Handle(DeleteBoard command, Caller caller, RoomAccess room, WriteScope write)
    {
        var present = write.Snapshots.At(room.RoomId, room.Version);
        if (present.Meta.ActiveBoardId == command.BoardId) return BoardErrors.Active;
        return write.Boards.Delete(room.RoomId, command.BoardId) is { } epoch
            ? Outcome.ChangedForAll(present, new BoardDeleted(room.RoomId, command.BoardId), AuditNote.About(command.BoardId), BoardMark.BoardGone(room.RoomId, epoch))
            : BoardErrors.NotFound;
    }
}
