using System.Diagnostics;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Load;

/// <summary>Requests from many connections, each of which keeps a given number of requests unanswered.</summary>
internal sealed class RequestLoad
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    private readonly LoadLoop _loop;
    private readonly IReadOnlyList<ServerUnderTest> _servers;
    private readonly Asker[] _askers;
    private readonly byte[] _mark;
    private readonly Latencies _latencies = new();
    private long _end;
    private long _answers;
    private int _unanswered;

    /// <summary>Creates the load, and becomes the handler of the clients.</summary>
    /// <param name="loop">The clients' loop.</param>
    /// <param name="servers">The servers that they are connected to.</param>
    /// <param name="clients">The clients that send requests.</param>
    /// <param name="request">The request of each client.</param>
    /// <param name="mark">A text that each reply holds exactly once, and that no other message holds.</param>
    public RequestLoad(LoadLoop loop, IReadOnlyList<ServerUnderTest> servers, IEnumerable<LoadClient> clients, Func<LoadClient, string> request, ReadOnlySpan<byte> mark)
    {
        (_loop, _servers, _mark) = (loop, servers, mark.ToArray());
        _askers = [.. clients.Select(client => new Asker(this, client, new NumberedMessage(request(client))))];
    }

    private double CpuSeconds => _servers.Sum(server => server.Meter.CpuSeconds);

    public Dictionary<string, double> Run(TimeSpan time, int depth)
    {
        (_end, _answers) = (Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency), 0);
        _latencies.Clear();
        var (cpu, database, begun) = (CpuSeconds, _servers[0].Database?.CpuSeconds, Stopwatch.GetTimestamp());
        foreach (var asker in _askers)
        {
            for (var i = 0; i < depth; i++) asker.Ask();
        }

        while (Stopwatch.GetTimestamp() < _end) _loop.Pump(20);
        _loop.PumpUntil(() => _unanswered == 0, MaxWait, () => $"{_servers[0].Name} did not answer {_unanswered} requests.");

        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var figures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["answers"] = _answers,
            ["per_s"] = _answers / seconds,
            ["per_cpu_s"] = _answers / (CpuSeconds - cpu),
            ["p50_ms"] = _latencies.Percentile(0.50),
            ["p99_ms"] = _latencies.Percentile(0.99),
        };
        if (database is { } before) figures["database_us"] = 1e6 * (_servers[0].Database!.CpuSeconds - before) / _answers;
        return figures;
    }

    /// <summary>One connection. All servers answer a connection's requests in their order.</summary>
    private sealed class Asker : IFrameHandler
    {
        private readonly RequestLoad _load;
        private readonly LoadClient _client;
        private readonly NumberedMessage _request;
        private readonly Queue<long> _sentAt = new();
        private int _number;

        public Asker(RequestLoad load, LoadClient client, NumberedMessage request)
        {
            (_load, _client, _request) = (load, client, request);
            client.Handler = this;
        }

        public void Ask()
        {
            _sentAt.Enqueue(Stopwatch.GetTimestamp());
            _load._unanswered++;
            _client.Send(_request.WithNumber(_number++));
        }

        public void Received(LoadClient client, ReadOnlySpan<byte> payload)
        {
            // One frame may hold several records.
            for (var at = payload.IndexOf(_load._mark); at >= 0; at = payload.IndexOf(_load._mark))
            {
                payload = payload[(at + _load._mark.Length)..];
                _load._latencies.AddSince(_sentAt.Dequeue());
                _load._answers++;
                _load._unanswered--;
                if (Stopwatch.GetTimestamp() < _load._end) Ask();
            }
        }
    }
}
