using System.Text;
using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Boards;

/// <summary>ROOM_BOARD_UPDATE: adds an update to a board. The server does not interpret the payload.</summary>
internal sealed class UpdateBoardHandler(LimitOptions limits) : IRoomChangeHandler<UpdateBoard>
{
    private const int MaxPayloadLength = 32_768;

    public ErrorReply? Validate(UpdateBoard command, Caller caller) =>
        FieldRules.RoomId(command.RoomId)
        ?? FieldRules.BoardId(command.BoardId)
        ?? (command.Payload.Length is >= 1 and <= MaxPayloadLength
            ? null
            : FieldRules.Invalid($"payload must be 1-{MaxPayloadLength} characters; it is {command.Payload.Length}."));

    public void Need(UpdateBoard command, Caller caller, RoomNeeds room, Needs needs) => room.Boards.Add(command.BoardId);

    public Outcome Handle(UpdateBoard command, Caller caller, RoomAccess room, WriteScope write)
    {
        var bytes = Encoding.UTF8.GetByteCount(command.Payload);
        if (write.Boards.Find(room.RoomId, command.BoardId) is not { Epoch: var epoch }) return BoardErrors.NotFound;
        if (write.Boards.AddUpdate(room.RoomId, command.BoardId, caller.UserId, command.Payload, bytes, limits.BoardBytes) is not { } seq) return BoardErrors.Full(limits.BoardBytes);

        var present = write.Snapshots.At(room.RoomId, room.Version);
        var updated = new BoardUpdated(room.RoomId, command.BoardId, seq, caller.UserId, command.Payload);
        return new Outcome.Changed(
            new UpdateBoardResponse(room.RoomId, command.BoardId, seq),
            new RoomChange(room.RoomId, present, new RoomEvent(updated, RoomAudience.Entered) { Mark = BoardMark.Seen(room.RoomId, epoch, seq, seq) })
            {
                Seq = seq,
                BoardId = command.BoardId,
            });
    }
}
