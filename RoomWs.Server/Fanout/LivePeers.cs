using Microsoft.Extensions.Logging;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Takes what other nodes say about what is live in rooms that sockets of this node have entered, too, each behind the changes that were told there before. All but
/// <see cref="Say"/> is called by one at a time.
/// </summary>
/// <param name="news">What this node has to say.</param>
/// <param name="clock">Numbers the moves.</param>
/// <param name="directory">The rooms.</param>
/// <param name="entries">Which of them are entered.</param>
/// <param name="ticker">Tells the cursors.</param>
/// <param name="told">Where this node is in the order of changes.</param>
/// <param name="time">The clock of the node.</param>
/// <param name="logger">Logs what could not be told.</param>
internal sealed partial class LivePeers(LiveNews news, NodeClock clock, RoomDirectory directory, RoomEntries entries, CursorTicker ticker, ToldPosition told, TimeProvider time, ILogger<LivePeers> logger) : IBusMember
{
    /// <summary>Longer is not waited for changes: they, or those who say they know them, have come to nothing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Peer> _peers = new(StringComparer.Ordinal);

    private sealed class Peer
    {
        /// <summary>How many facts it has said.</summary>
        public long Heard { get; set; }

        /// <summary>The rooms that it had entered and has not named since it began to name them all.</summary>
        public HashSet<string> Unnamed { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>How many other nodes are there.</summary>
    public int Count => news.Others.Count;

    /// <summary>How many facts there were to say here so far.</summary>
    public long Said => news.Said;

    public IReadOnlyList<string> Say()
    {
        IReadOnlyList<string> texts = [];
        Try(() => texts = news.Take());
        return texts;
    }

    public async Task HearAsync(string node, string text, CancellationToken stop)
    {
        if (LiveText.Read(text) is not { } read) return;
        clock.Hear(read.Clock);
        if (told.IsAhead(read.Position)) await WaitAsync(read.Position, stop);
        Try(() => Hear(node, PeerOf(node), read));
    }

    public void Joined() => Try(SayAll);

    public void Met(string node, bool isNew)
    {
        PeerOf(node);
        if (isNew) news.Say(new LiveFact(LiveFactKind.Here));
        // One that this node did not know may not have heard of the rooms here, nor this node of those there.
        else Try(SayAll);
    }

    public void Gone(string node)
    {
        lock (_peers) _peers.Remove(node);
        NoteOthers();
        Try(() => Leave(node, entries.Rooms));
    }

    /// <summary>How many of the facts of another node were heard here.</summary>
    public long HeardOf(LivePeers other)
    {
        lock (_peers) return _peers.GetValueOrDefault(other.NodeId)?.Heard ?? 0;
    }

    private string NodeId => news.NodeId;

    private async Task WaitAsync(long position, CancellationToken stop)
    {
        try
        {
            await told.ReachAsync(position).WaitAsync(Patience, time, stop);
        }
        catch (TimeoutException)
        {
            // What is fleeting is not kept for ever, and what is said of who is no member here is not taken.
        }
    }

    private void Hear(string node, Peer peer, LiveText text)
    {
        var isHole = peer.Heard > 0 && text.From != peer.Heard;
        using (var batch = new SendBatch())
        {
            foreach (var facts in ByRoom(text.Facts)) Hear(node, peer, facts, batch);
        }

        lock (_peers) peer.Heard = text.To;
        if (isHole) SayAll();
    }

    /// <summary>Facts in a row about one room.</summary>
    private static IEnumerable<ArraySegment<LiveFact>> ByRoom(IReadOnlyList<LiveFact> facts)
    {
        LiveFact[] all = [.. facts];
        for (var from = 0; from < all.Length;)
        {
            var to = from + 1;
            while (to < all.Length && all[to].RoomId == all[from].RoomId) to++;
            yield return new ArraySegment<LiveFact>(all, from, to - from);
            from = to;
        }
    }

    private void Hear(string node, Peer peer, ArraySegment<LiveFact> facts, SendBatch batch)
    {
        var roomId = facts[0].RoomId;
        if (roomId.Length == 0)
        {
            foreach (var fact in facts) HearOfRooms(node, peer, fact.Kind);
            return;
        }

        peer.Unnamed.Remove(roomId);
        if (directory.InUse(roomId) is { } room)
        {
            using (room.Gate.Enter())
            {
                if (room.Live is { } live)
                {
                    foreach (var fact in facts) live.Hear(node, fact, room.Snapshot, batch);
                    if (live.HasNews) ticker.ScheduleLocked(room);
                    return;
                }
            }
        }

        if (facts.Any(fact => fact.Kind == LiveFactKind.Ask)) news.Say(new LiveFact(LiveFactKind.Out, roomId));
    }

    private void HearOfRooms(string node, Peer peer, LiveFactKind kind)
    {
        if (kind == LiveFactKind.Rooms) peer.Unnamed.UnionWith(entries.Rooms);
        if (kind != LiveFactKind.AllRooms) return;
        Leave(node, peer.Unnamed);
        peer.Unnamed.Clear();
    }

    private void Leave(string node, IEnumerable<string> roomIds)
    {
        using var batch = new SendBatch();
        InEach(roomIds, (room, live) =>
        {
            live.Leave(node, batch);
            if (live.HasNews) ticker.ScheduleLocked(room);
        });
    }

    /// <summary>Names all rooms that are entered here, says what is live there, and asks for the same.</summary>
    private void SayAll()
    {
        news.Say(new LiveFact(LiveFactKind.Rooms));
        InEach(entries.Rooms, (_, live) => live.SayAll(LiveFactKind.Ask));
        news.Say(new LiveFact(LiveFactKind.AllRooms));
    }

    private void InEach(IEnumerable<string> roomIds, Action<LiveRoom, LiveState> act) => Each.Do(roomIds, roomId =>
    {
        if (directory.InUse(roomId) is not { } room) return;
        using (room.Gate.Enter())
        {
            if (room.Live is { } live) act(room, live);
        }
    });

    private Peer PeerOf(string node)
    {
        Peer? peer;
        lock (_peers)
        {
            if (_peers.TryGetValue(node, out peer)) return peer;
            _peers.Add(node, peer = new Peer());
        }

        NoteOthers();
        return peer;
    }

    private void NoteOthers()
    {
        lock (_peers) news.Others = [.. _peers.Keys];
    }

    private void Try(Action act)
    {
        try
        {
            act();
        }
        catch (Exception cause)
        {
            LogFailed(cause);
        }
    }

    [LoggerMessage(5010, LogLevel.Error, "What this node and another say to each other of cursors and typing could not be said or told")]
    private partial void LogFailed(Exception cause);
}
