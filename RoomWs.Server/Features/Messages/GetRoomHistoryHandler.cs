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

    public ErrorReply? Validate(GetRoomHistory command, Caller caller)
    {
        if (command is { BeforeSeq: not null, AfterSeq: not null }) return FieldRules.Invalid("beforeSeq and afterSeq must not both be there.");
        if (command.Limit is < 1 or > MaxLimit) return FieldRules.Invalid($"limit must be 1-{MaxLimit}; it is {command.Limit}.");
        return FieldRules.RoomId(command.RoomId);
    }

    public Outcome Handle(GetRoomHistory command, Caller caller, RoomSnapshot room, IReads reads)
    {
        return Outcome.Answer(reads.Read(read => Page(command, read)));
    }

    private static RoomHistoryResponse Page(GetRoomHistory command, Repositories read)
    {
        // Read one more than asked for: it tells whether there are more.
        var limit = command.Limit ?? DefaultLimit;
        var messages = command.AfterSeq is { } after
            ? read.Messages.OldestBetween(command.RoomId, after, long.MaxValue, limit + 1)
            : read.Messages.NewestBetween(command.RoomId, long.MinValue, command.BeforeSeq ?? long.MaxValue, limit + 1);
        var hasMore = messages.Count > limit;
        if (hasMore) messages.RemoveAt(command.AfterSeq is null ? 0 : limit);
        return new RoomHistoryResponse(command.RoomId, messages, hasMore);
    }
}
