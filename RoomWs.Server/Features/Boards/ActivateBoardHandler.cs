using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Boards;

/// <summary>ROOM_BOARD_ACTIVATE: sets or clears the room's active board.</summary>
internal sealed class ActivateBoardHandler : IRoomChangeHandler<ActivateBoard>
{
    public ErrorReply? Validate(ActivateBoard command, Caller caller) => FieldRules.RoomId(command.RoomId) ?? FieldRules.BoardId(command.BoardId);

    public void Need(ActivateBoard command, Caller caller, RoomNeeds room, Needs needs)
    {
        if (command.BoardId is { } boardId) room.Boards.Add(boardId);
    }

    public Outcome Handle(ActivateBoard command, Caller caller, RoomAccess room, WriteScope write)
    {
        if (room.RefuseStale(command.IfVersion) is { } stale) return stale;
        if (command.BoardId is { } boardId && write.Boards.Find(room.RoomId, boardId) is null) return BoardErrors.NotFound;

        var patch = new RoomMetaPatch { ActiveBoardId = command.BoardId };
        return MetaChange.Apply(room.RoomId, patch, command.BoardId, write);
    }
}
