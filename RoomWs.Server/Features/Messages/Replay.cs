using RoomWs.Protocol.Messages;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Messages;

/// <summary>What is to be replayed of one room, as it was at the RESUME's place in the order of commits.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Epoch">Its epoch. Under another one it is another room.</param>
/// <param name="AfterSeq">The last message that the client has.</param>
/// <param name="LastSeq">The last message that is replayed; those after it come live.</param>
/// <param name="IsReset">Whether what the client has is of another room, and so the newest messages are replayed.</param>
internal sealed record MissedMessages(string RoomId, string Epoch, long AfterSeq, long LastSeq, bool IsReset = false);

/// <summary>One replay of a RESUME: sends what the client missed, room by room, as fast as the client reads. Connection's thread only.</summary>
/// <param name="reads">Reads the messages.</param>
/// <param name="connection">The client.</param>
/// <param name="correlationId">Of the RESUME.</param>
/// <param name="limit">Maximum number of messages of each room.</param>
internal sealed class Replay(ReadConnections reads, ClientConnection connection, CorrelationId correlationId, int limit)
{
    /// <summary>The bytes of messages that are read and queued at once.</summary>
    private const int PageBytes = 262_144;

    private readonly List<string> _truncated = [];
    private readonly List<string> _reset = [];
    private int _count;

    private sealed record Page(List<RoomMessage> Messages, bool HasMore, bool IsTruncated);

    /// <summary>What RESYNC_COMPLETE says of what was sent.</summary>
    public ResyncComplete Complete => new(_count, _truncated.Count > 0, _truncated, _reset);

    /// <summary>Chooses what to replay of a room. Null where the user is no member of it. Only reads: it may be asked again.</summary>
    public MissedMessages? Choose(ResumeRoom asked, Repositories read)
    {
        if (read.Messages.EndFor(asked.RoomId, connection.Caller!.UserId) is not { } end) return null;
        if ((asked.Epoch ?? end.Epoch) == end.Epoch && asked.AfterSeq <= end.LastSeq) return new MissedMessages(asked.RoomId, end.Epoch, asked.AfterSeq, end.LastSeq);

        return new MissedMessages(asked.RoomId, end.Epoch, 0, end.LastSeq, IsReset: true);
    }

    /// <summary>Sends the messages of a room. Ends early if the client leaves.</summary>
    public async Task SendAsync(MissedMessages missed)
    {
        if (missed.IsReset) _reset.Add(missed.RoomId);
        var (sent, hasMore) = (missed.AfterSeq, missed.AfterSeq < missed.LastSeq);
        for (var isFirst = true; hasMore; isFirst = false)
        {
            // A replay may be much larger than the outbox may hold, so it goes only as fast as the client reads, and ends with the client. The wait is before
            // the read, and what was read is queued at once: by then the membership may have ended, or the room be another under the same id.
            await connection.RoomForRepliesAsync();
            if (connection.Closing is not null) return;

            using var turn = await connection.Rate.User!.Queries.TakeAsync();
            await reads.ReadyAsync();
            var (after, mayBeLong) = (sent, isFirst);
            if (reads.Read(read => Read(missed, after, mayBeLong, read)) is not { } page)
            {
                if (!missed.IsReset) _reset.Add(missed.RoomId);
                return;
            }

            if (page.IsTruncated) _truncated.Add(missed.RoomId);
            foreach (var message in page.Messages)
            {
                connection.Reply(((OutboundMessage)message).Reply(correlationId));
                sent = message.Seq;
                _count++;
            }

            hasMore = page.HasMore;
        }
    }

    /// <summary>Reads the next messages, and in the same moment whether the user may still see them. Null if not.</summary>
    private Page? Read(MissedMessages missed, long after, bool mayBeLong, Repositories read)
    {
        if (read.Messages.EndFor(missed.RoomId, connection.Caller!.UserId)?.Epoch != missed.Epoch) return null;

        var beforeFirst = mayBeLong ? read.Messages.SeqBeforeNewest(missed.RoomId, after, missed.LastSeq + 1, limit) : null;
        var (messages, hasMore) = MessagePage.Of(count => read.Messages.OldestFirst(missed.RoomId, beforeFirst ?? after, missed.LastSeq + 1, count), limit, PageBytes);
        return new Page(messages, hasMore, beforeFirst is not null);
    }
}
