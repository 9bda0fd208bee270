using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Messages;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Messages;

/// <summary>ROOM_HISTORY: what was said before or after a message, or last.</summary>
internal sealed class GetRoomHistoryHandler(RoomFinder finder, ReadConnections reads) : IQueryHandler<GetRoomHistory>
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    public ErrorReply? Validate(GetRoomHistory command)
    {
        if (command is { BeforeSeq: not null, AfterSeq: not null }) return FieldRules.Invalid("beforeSeq and afterSeq must not both be there.");
        if (command.Limit is < 1 or > MaxLimit) return FieldRules.Invalid($"limit must be 1-{MaxLimit}; it is {command.Limit}.");
        return FieldRules.RoomId(command.RoomId);
    }

    public Outcome Handle(GetRoomHistory command, Caller caller)
    {
        if (finder.Find(command.RoomId, null) is not { } seen) return RoomErrors.NotFound;
        if (seen.Refuse(RoomAction.See, caller.UserId) is { } refusal) return refusal;

        return new Outcome.Answered(reads.Read(read => Page(command, read)), seen);
    }

    private static RoomHistoryResponse Page(GetRoomHistory command, ReadScope read)
    {
        // One more than asked for tells whether there are more.
        var limit = command.Limit ?? DefaultLimit;
        var messages = command.AfterSeq is { } after
            ? read.Messages.OldestBetween(command.RoomId, after, long.MaxValue, limit + 1)
            : read.Messages.NewestBetween(command.RoomId, long.MinValue, command.BeforeSeq ?? long.MaxValue, limit + 1);
        var hasMore = messages.Count > limit;
        if (hasMore) messages.RemoveAt(command.AfterSeq is null ? 0 : limit);
        return new RoomHistoryResponse(command.RoomId, messages, hasMore);
    }
}
