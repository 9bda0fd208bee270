using System.Diagnostics;
using System.Security.Cryptography;
using System.Threading.Channels;
using Npgsql;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// Notifications on a channel of their own, in sessions of their own: with one a node speaks, at most every 33 ms, and with one it hears. A node greets the others when it
/// begins to hear, says each second that it is there, and takes its leave. What cannot be sent is dropped, for it is out of date soon. Where no other node is there, nothing
/// is sent but the greeting.
/// </summary>
internal sealed class PostgresLiveBus(PostgresConnections connections, NotifyQueue queue, string node) : ILiveBus
{
    /// <summary>More than this that waits to be taken in is dropped; the node finds the hole, and asks anew.</summary>
    private const int MostWaiting = 4_096;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(33);

    /// <summary>So often a node says that it is there.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Between two tries to reach the database.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _ended = new();
    private readonly AutoResetEvent _isWanted = new(initialState: false);
    private readonly Channel<BusCall> _heard = Channel.CreateUnbounded<BusCall>();
    private readonly BusMembers _members = new();
    private readonly BusSession _session = new(connections);
    private Thread? _speaker;
    private Thread? _listener;
    private Task? _hearing;
    private IBusMember _member = null!;
    private long _spoken;
    private long _looked;
    private int _isToGreet;

    public string NodeId { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    public void Join(IBusMember member)
    {
        _member = member;
        _hearing = Task.Run(HearAsync);
        _listener = Start(Listen, "RoomWs live listener");
        _speaker = Start(Speak, "RoomWs live speaker");
    }

    public void Wake() => _isWanted.Set();

    public void Dispose()
    {
        if (_ended.IsCancellationRequested) return;
        _ended.Cancel();
        _isWanted.Set();
        _speaker?.Join();
        _listener?.Join();
        _hearing?.Wait();
        // Not the events: somebody may still have something to say, which nobody hears.
        _session.Dispose();
    }

    private static Thread Start(Action run, string name)
    {
        var thread = new Thread(() => run()) { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Speak()
    {
        while (true)
        {
            _isWanted.WaitOne(_members.IsEmpty ? Timeout.InfiniteTimeSpan : Beat);
            if (_ended.IsCancellationRequested) break;
            var begun = Stopwatch.GetTimestamp();
            LookRound();
            try
            {
                SpeakOnce();
                Wait(Pace - Stopwatch.GetElapsedTime(begun));
            }
            catch (Exception fault) when (PostgresFault.IsEndOfSession(fault))
            {
                // The outage is noted by the writer and by readers, who cannot reach the database either. What could not be said is out of date.
                _session.Break();
                _member.Say();
                _isWanted.Set();
                Wait(Pause);
            }
        }

        SayFarewell();
    }

    private void SpeakOnce()
    {
        if (_session.Open()) Rejoin();
        var texts = new List<string>();
        if (Interlocked.Exchange(ref _isToGreet, 0) == 1) texts.Add(BusCall.Write(NodeId, BusCall.Greeting, node));
        foreach (var text in _member.Say()) texts.Add(BusCall.Write(NodeId, BusCall.Speech, text));
        if (texts.Count == 0 && !_members.IsEmpty && Stopwatch.GetElapsedTime(_spoken) >= Beat) texts.Add(BusCall.Write(NodeId, BusCall.Beat, ""));
        // Cursors are nothing to stop commits for.
        if (texts.Count == 0 || queue.IsFilling) return;
        _session.Send(texts);
        _spoken = Stopwatch.GetTimestamp();
    }

    /// <summary>Has the others looked at, each second.</summary>
    private void LookRound()
    {
        if (_members.IsEmpty || Stopwatch.GetElapsedTime(_looked) < Beat) return;
        _looked = Stopwatch.GetTimestamp();
        _heard.Writer.TryWrite(new BusCall(_looked, NodeId, BusCall.Look, ""));
    }

    private void SayFarewell()
    {
        try
        {
            if (_session.IsOpen && !_members.IsEmpty) _session.Send([BusCall.Write(NodeId, BusCall.Farewell, "")]);
        }
        catch (Exception fault) when (PostgresFault.IsEndOfSession(fault))
        {
            // The others find out.
        }
    }

    private void Wait(TimeSpan span)
    {
        if (span > TimeSpan.Zero) _ended.Token.WaitHandle.WaitOne(span);
    }

    /// <summary>Greets the others, and has the node tell them where it is.</summary>
    private void Rejoin()
    {
        Interlocked.Exchange(ref _isToGreet, 1);
        _heard.Writer.TryWrite(new BusCall(Stopwatch.GetTimestamp(), NodeId, BusCall.Joined, ""));
        _isWanted.Set();
    }

    private void Listen()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                ListenOnce();
            }
            catch (Exception fault) when (PostgresFault.IsEndOfSession(fault))
            {
                Wait(Pause);
            }
        }
    }

    private void ListenOnce()
    {
        using var connection = connections.OpenAlone();
        connection.Notification += (_, notified) => Receive(notified.Payload);
        using (var listen = new NpgsqlCommand($"LISTEN {BusCall.Channel}", connection)) listen.ExecuteNonQuery();
        Rejoin();
        while (true) connection.WaitAsync(_ended.Token).GetAwaiter().GetResult();
    }

    private void Receive(string payload)
    {
        if (BusCall.Read(payload, Stopwatch.GetTimestamp()) is { } call && call.From != NodeId && _heard.Reader.Count < MostWaiting) _heard.Writer.TryWrite(call);
    }

    private async Task HearAsync()
    {
        try
        {
            await foreach (var call in _heard.Reader.ReadAllAsync(_ended.Token)) await HearAsync(call);
        }
        catch (OperationCanceledException)
        {
            // It ends.
        }
    }

    private async Task HearAsync(BusCall call)
    {
        switch (call.Word)
        {
            case BusCall.Joined:
                _member.Joined();
                return;
            case BusCall.Look:
                foreach (var silent in _members.Silent(call.At)) End(silent);
                return;
            case BusCall.Farewell:
                End(call.From);
                return;
        }

        var isGreeting = call.Word == BusCall.Greeting;
        if (_members.Hear(call.From, call.At) || isGreeting) _member.Met(call.From, isGreeting);
        if (isGreeting && _members.Name(call.From, call.Text) is { } before) End(before);
        if (call.Word == BusCall.Speech) await _member.HearAsync(call.From, call.Text, _ended.Token);
    }

    private void End(string other)
    {
        if (_members.Remove(other)) _member.Gone(other);
    }
}
