using System.Diagnostics;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Load;

/// <summary>
/// One sender's messages to a room, with a given number of them in flight: when all members have received one, the next is sent.
/// </summary>
internal sealed class ChatLoad : IFrameHandler
{
    /// <summary>Size of the ring of messages in flight. A power of two, larger than any number in flight.</summary>
    private const int Places = 1024;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    private readonly LoadLoop _loop;
    private readonly ServerUnderTest _server;
    private readonly LoadClient _sender;
    private readonly int _receivers;
    private readonly NumberedMessage _message;
    private readonly int[] _arrived = new int[Places];
    private readonly long[] _sentAt = new long[Places];
    private readonly Latencies _latencies = new();
    private int _sent;
    private int _done;
    private int _last;
    private long _end;
    private long _deliveries;

    /// <summary>Creates the load, and becomes the handler of the clients.</summary>
    /// <param name="loop">The clients' loop.</param>
    /// <param name="server">The server that they are connected to.</param>
    /// <param name="members">All receivers. The first is also the sender, whose receipt is the server's reply or its own message.</param>
    /// <param name="text">The message, if not the dialect's.</param>
    public ChatLoad(LoadLoop loop, ServerUnderTest server, IReadOnlyList<LoadClient> members, string? text = null)
    {
        (_loop, _server, _sender, _receivers) = (loop, server, members[0], members.Count);
        _message = new NumberedMessage(text ?? server.Dialect.Chat);
        foreach (var member in members) member.Handler = this;
    }

    /// <summary>Called whenever all members have received a message, with the number of such messages so far.</summary>
    public Action<int>? MessageDone { get; init; }

    /// <summary>Sends for a given time.</summary>
    public Dictionary<string, double> RunFor(TimeSpan time, int inFlight) => Run(inFlight, Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency), int.MaxValue);

    /// <summary>Sends a given number of messages.</summary>
    public Dictionary<string, double> RunCount(int messages, int inFlight) => Run(inFlight, long.MaxValue, _sent + messages);

    public void Received(LoadClient client, ReadOnlySpan<byte> payload)
    {
        // One frame may hold several records.
        while (NumberedMessage.TryTakeNumber(ref payload, out var number))
        {
            _deliveries++;
            var place = number & (Places - 1);
            if (++_arrived[place] < _receivers) continue;

            _latencies.AddSince(_sentAt[place]);
            _done++;
            MessageDone?.Invoke(_done);
            if (_sent < _last && Stopwatch.GetTimestamp() < _end) Send();
        }
    }

    private Dictionary<string, double> Run(int inFlight, long end, int last)
    {
        (_end, _last, _deliveries) = (end, last, 0);
        _latencies.Clear();
        var (cpu, database, sent, bytes, begun) = (_server.Meter.CpuSeconds, _server.Database?.CpuSeconds, _sent, _loop.ReceivedBytes, Stopwatch.GetTimestamp());
        for (var i = 0; i < inFlight; i++) Send();
        while (_sent < _last && Stopwatch.GetTimestamp() < _end) _loop.Pump(20);
        _loop.PumpUntil(() => _done == _sent, MaxWait, () => $"Of {_sent} messages only {_done} reached all {_receivers} members of {_server.Name}.");

        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var used = _server.Meter.CpuSeconds - cpu;
        var figures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["per_s"] = _deliveries / seconds,
            ["per_cpu_s"] = _deliveries / used,
            ["p50_ms"] = _latencies.Percentile(0.50),
            ["p99_ms"] = _latencies.Percentile(0.99),
            ["mb_per_s"] = (_loop.ReceivedBytes - bytes) / seconds / 1e6,
        };
        if (database is { } before) figures["database_us"] = 1e6 * (_server.Database!.CpuSeconds - before) / (_sent - sent);
        return figures;
    }

    private void Send()
    {
        var place = _sent & (Places - 1);
        (_arrived[place], _sentAt[place]) = (0, Stopwatch.GetTimestamp());
        _sender.Send(_message.WithNumber(_sent++));
    }
}
