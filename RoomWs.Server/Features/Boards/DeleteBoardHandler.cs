using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Boards;

/// <summary>ROOM_BOARD_DELETE: deletes a board with its updates and its snapshot. The active board is refused.</summary>
internal sealed class DeleteBoardHandler : IRoomChangeHandler<DeleteBoard>
{
    public ErrorReply? Validate(DeleteBoard command, Caller caller) => FieldRules.RoomId(command.RoomId) ?? FieldRules.BoardId(command.BoardId);

    public Outcome Handle(DeleteBoard command, Caller caller, RoomAccess room, WriteScope write)
    {
        var present = write.Snapshots.At(room.RoomId, room.Version);
        if (present.Meta.ActiveBoardId == command.BoardId) return BoardErrors.Active;
        if (write.Boards.Delete(room.RoomId, command.BoardId) is not { } epoch) return BoardErrors.NotFound;

        OutboundMessage deleted = new BoardDeleted(room.RoomId, command.BoardId);
        return new Outcome.Changed(deleted, new RoomChange(room.RoomId, present, new RoomEvent(deleted, present.MemberIds) { Marks = seen => seen.Forget(epoch) }))
        {
            Note = AuditNote.About(command.BoardId),
        };
    }
}
