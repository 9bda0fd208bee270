using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Boards;

/// <summary>ROOM_BOARD_ACTIVATE: which board the room shows.</summary>
internal sealed class ActivateBoardHandler : IChangeHandler<ActivateBoard>
{
    public ErrorReply? Validate(ActivateBoard command) => FieldRules.RoomId(command.RoomId) ?? FieldRules.BoardId(command.BoardId);

    public Outcome Handle(ActivateBoard command, Caller caller, WriteScope write)
    {
        if (write.Rooms.Access(command.RoomId, caller.UserId) is not { } room) return RoomErrors.NotFound;
        if (room.Refuse(RoomAction.ManageBoards, command.IfVersion) is { } refusal) return refusal;
        if (command.BoardId is { } boardId && write.Boards.Find(room.RoomId, boardId) is null) return BoardErrors.NotFound;

        var patch = new RoomMetaPatch { ActiveBoardId = command.BoardId };
        return MetaChange.Apply(room.RoomId, patch, command.BoardId, write);
    }
}
