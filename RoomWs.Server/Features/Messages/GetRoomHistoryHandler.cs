using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Messages;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Messages;

/// <summary>ROOM_HISTORY: returns the messages before or after a seq, or the newest ones.</summary>
internal sealed class GetRoomHistoryHandler : IRoomQueryHandler<GetRoomHistory>
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    /// <summary>A page ends here even if more messages were asked for, because a reply waits whole for a client that does not read.</summary>
    private const int PageBytes = 1_048_576;

    public ErrorReply? Validate(GetRoomHistory command, Caller caller)
    {
        if (command is { BeforeSeq: not null, AfterSeq: not null }) return FieldRules.Invalid("beforeSeq and afterSeq must not both be there.");
        if (command.Limit is < 1 or > MaxLimit) return FieldRules.Invalid($"limit must be 1-{MaxLimit}; it is {command.Limit}.");
        return FieldRules.RoomId(command.RoomId);
    }

    public Outcome Handle(GetRoomHistory command, Caller caller, RoomSnapshot room, IReads reads)
    {
        return reads.Read(read => read.Rooms.Epoch(command.RoomId) is { } epoch ? Outcome.Answer(Page(command, epoch, read)) : RoomErrors.NotFound);
    }

    private static RoomHistoryResponse Page(GetRoomHistory command, string epoch, Repositories read)
    {
        var limit = command.Limit ?? DefaultLimit;
        if (command.AfterSeq is { } after)
        {
            var (newer, hasNewer) = MessagePage.Of(count => read.Messages.OldestFirst(command.RoomId, after, long.MaxValue, count), limit, PageBytes);
            return new RoomHistoryResponse(command.RoomId, epoch, newer, hasNewer);
        }

        var (older, hasOlder) = MessagePage.Of(count => read.Messages.NewestFirst(command.RoomId, command.BeforeSeq ?? long.MaxValue, count), limit, PageBytes);
        older.Reverse();
        return new RoomHistoryResponse(command.RoomId, epoch, older, hasOlder);
    }
}
