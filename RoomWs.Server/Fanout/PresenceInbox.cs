using System.Threading.Channels;

namespace RoomWs.Server.Fanout;

/// <summary>Who has come and gone and is still to be told of, in that order. May be used from any thread, but one alone takes.</summary>
/// <param name="skipsPairs">
/// Whether of a user who has come and gone, or gone and come, before it could be told, only the last is left: so a node that was behind tells what is new and not all
/// that was.
/// </param>
internal sealed class PresenceInbox(bool skipsPairs)
{
    /// <summary>Maximum number of events to tell at a time.</summary>
    private const int MaxTaken = 1_000;

    private readonly Channel<PresenceEvent?> _events = Channel.CreateUnbounded<PresenceEvent?>(new UnboundedChannelOptions { SingleReader = true });

    public void Add(PresenceEvent happened) => _events.Writer.TryWrite(happened);

    /// <summary>What was told so far has a hole here: all who are online have to be read anew.</summary>
    public void BeginAnew() => _events.Writer.TryWrite(null);

    public void Close() => _events.Writer.TryComplete();

    /// <summary>Ends when there is something to take, or with false at the end.</summary>
    public ValueTask<bool> WaitAsync() => _events.Reader.WaitToReadAsync();

    /// <summary>Whether the next that waits is a beginning anew. Takes it then.</summary>
    public bool TryBeginAnew() => _events.Reader.TryPeek(out var next) && next is null && _events.Reader.TryRead(out _);

    /// <summary>Takes what waits: of a user one event at most.</summary>
    public List<PresenceEvent> Take()
    {
        var (taken, last) = (new List<PresenceEvent?>(), new Dictionary<string, int>(StringComparer.Ordinal));
        while (taken.Count < MaxTaken && _events.Reader.TryPeek(out var next) && next is not null)
        {
            var isAgain = last.TryGetValue(next.UserId, out var before);
            if (isAgain && !skipsPairs) break;
            if (isAgain) taken[before] = null;
            last[next.UserId] = taken.Count;
            taken.Add(next);
            _events.Reader.TryRead(out _);
        }

        return [.. taken.OfType<PresenceEvent>()];
    }
}
