using System.Diagnostics;
using System.Text;
using RoomWs.Bench.Load;
using RoomWs.Bench.Reporting;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary><c>cursors</c>: many sockets move their cursors, while the latency of other requests is measured.</summary>
internal sealed class CursorWork : LoadWork
{
    private const int Movers = 200;
    private const int MovesPerSecond = 60;
    private const string Case = "200 cursors at 60/s";

    private static readonly TimeSpan RenamePause = TimeSpan.FromMilliseconds(50);

    public override string Name => "cursors";

    public override string Title => "200 cursors";

    public override string About =>
        "200 sockets have entered a room and each moves its cursor 60 times a second, while the owner renames the room 20 times a second. The peers are left out: they would pass " +
        "each move on to each socket, 2.4 million messages a second.";

    public override IReadOnlyList<Column> Columns { get; } =
    [
        new("moves/s sent", "moves_per_s", "N0"),
        new("cursor frames for each socket and second", "frames_per_socket_s", "0.0"),
        new("server CPU-s for each second", "cpu_per_s", "0.00"),
        new("rename p50 ms", "p50_ms", "0.00"),
        new("rename p99 ms", "p99_ms", "0.00"),
    ];

    public override IReadOnlyList<Target> Targets(WorkResult result) => [];

    public override void Run(LoadPlan plan, WorkResult result)
    {
        using var server = RoomWsServers.StartOnSqlite();
        using var loop = new LoadLoop();
        var owner = RoomSetup.ConnectMembers(loop, server, 1)[0];
        var users = RoomSetup.Users(1, Movers).ToList();
        RoomSetup.Add(loop, owner, Dialect.Room, users);
        var movers = loop.ConnectAll(server, users, [.. server.Dialect.Greeting, $$"""{"type":"ROOM_ENTER","roomId":"{{Dialect.Room}}"}"""]);

        var crowd = new Crowd(movers);
        _ = Measure(loop, server, owner, crowd, plan.WarmUp);
        for (var round = 0; round < plan.Rounds; round++)
        {
            var figures = Measure(loop, server, owner, crowd, plan.Time);
            result.Add(server.Name, Case, figures);
            plan.Progress($"  {figures["moves_per_s"]:N0} moves/s, {figures["frames_per_socket_s"]:0.0} frames for each socket and second, {figures["cpu_per_s"]:0.00} CPU, rename p99 {figures["p99_ms"]:0.00} ms");
        }
    }

    private static Dictionary<string, double> Measure(LoadLoop loop, ServerUnderTest server, LoadClient owner, Crowd crowd, TimeSpan time)
    {
        var renames = new Renames(owner);
        var (cpu, begun, moves, frames) = (server.Meter.CpuSeconds, Stopwatch.GetTimestamp(), 0, crowd.Frames);
        while (Stopwatch.GetElapsedTime(begun) is var elapsed && elapsed < time)
        {
            for (var due = (int)(elapsed.TotalSeconds * Movers * MovesPerSecond); moves < due; moves++) crowd.Move(moves);
            renames.SendWhenDue();
            loop.Pump(1);
        }

        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var figures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["moves_per_s"] = moves / seconds,
            ["frames_per_socket_s"] = (crowd.Frames - frames) / seconds / Movers,
            ["cpu_per_s"] = (server.Meter.CpuSeconds - cpu) / seconds,
        };
        loop.PumpUntil(() => renames.IsAnswered, TimeSpan.FromSeconds(30), () => "A rename was not answered.");
        figures["p50_ms"] = renames.Latencies.Percentile(0.50);
        figures["p99_ms"] = renames.Latencies.Percentile(0.99);
        return figures;
    }

    /// <summary>The sockets that move their cursors, one after the other.</summary>
    private sealed class Crowd : IFrameHandler
    {
        // Two positions in turn, so that each message is a real move.
        private static readonly byte[][] Moves =
        [
            .. new[] { "\"x\":120.5,\"y\":44.25", "\"x\":121.5,\"y\":45.75" }
                .Select(at => Frame.FromClient(Frame.Text, Encoding.UTF8.GetBytes($$"""{"type":"ROOM_CURSOR","roomId":"{{Dialect.Room}}",{{at}}}"""))),
        ];

        private readonly LoadClient[] _clients;

        public Crowd(LoadClient[] clients)
        {
            _clients = clients;
            foreach (var client in clients) client.Handler = this;
        }

        public long Frames { get; private set; }

        public void Move(int number) => _clients[number % _clients.Length].Send(Moves[number / _clients.Length % Moves.Length]);

        public void Received(LoadClient client, ReadOnlySpan<byte> payload)
        {
            if (payload.StartsWith("{\"type\":\"ROOM_CURSORS\""u8)) Frames++;
        }
    }

    /// <summary>Renames the room every <see cref="RenamePause"/>, but not before the last rename is answered.</summary>
    private sealed class Renames : IFrameHandler
    {
        private readonly LoadClient _owner;
        private readonly NumberedMessage _rename = new($$$"""{"type":"ROOM_UPDATE_META","correlationId":1,"roomId":"{{{Dialect.Room}}}","patch":{"name":"Name {{{NumberedMessage.Placeholder}}}"}}""");
        private long _sentAt;
        private int _number;

        public Renames(LoadClient owner)
        {
            _owner = owner;
            owner.Handler = this;
        }

        public Latencies Latencies { get; } = new();

        public bool IsAnswered { get; private set; } = true;

        public void SendWhenDue()
        {
            if (!IsAnswered || (_sentAt != 0 && Stopwatch.GetElapsedTime(_sentAt) < RenamePause)) return;
            (_sentAt, IsAnswered) = (Stopwatch.GetTimestamp(), false);
            _owner.Send(_rename.WithNumber(_number++));
        }

        public void Received(LoadClient client, ReadOnlySpan<byte> payload)
        {
            if (!payload.StartsWith("{\"type\":\"ROOM_UPDATED\""u8)) return;
            Latencies.AddSince(_sentAt);
            IsAnswered = true;
        }
    }
}
