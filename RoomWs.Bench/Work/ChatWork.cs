using RoomWs.Bench.Load;
using RoomWs.Bench.Reporting;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary><c>chat</c>: measures the fan-out of chat to a room.</summary>
internal sealed class ChatWork : LoadWork
{
    public const int Members = 500;

    public static IReadOnlyList<int> Windows { get; } = [4, 1];

    public override string Name => "chat";

    public override string Title => "Chat to 500 members";

    public override string About =>
        "One of 500 members of a room sends messages of 46 characters; all 500 get each. So many messages are in flight: when all members have one, " +
        "the next is sent, and the latency is that of the whole message. All servers send the same fields. RoomWs has each message on disk (SQLite with `synchronous=FULL`, PostgreSQL with `fsync`) before it " +
        "tells anyone; the others store nothing.";

    public override IReadOnlyList<Column> Columns { get; } =
    [
        new("deliveries/s", "per_s", "N0"),
        new("deliveries per server CPU-s", "per_cpu_s", "N0"),
        new("RoomWs is, per CPU-s", "per_cpu_s", "0.00×", Peers.RoomWs),
        new("p50 ms", "p50_ms", "0.00"),
        new("p99 ms", "p99_ms", "0.00"),
        new("MB/s", "mb_per_s", "0.0"),
        new("PostgreSQL CPU µs for each message", "database_us", "0"),
    ];

    public static string Case(int inFlight) => $"{inFlight} in flight";

    public override IReadOnlyList<Target> Targets(WorkResult result) =>
    [
        Against(result, 4, Peers.SignalR, 2.2), Against(result, 4, Peers.SocketIo, 3.5), Against(result, 4, Peers.Ws, 2.5),
        Against(result, 1, Peers.SignalR, 1.4), Against(result, 1, Peers.SocketIo, 1.4), Against(result, 1, Peers.Ws, 1.1),
    ];

    public override void Run(LoadPlan plan, WorkResult result)
    {
        using var loop = new LoadLoop();
        var contenders = Contender<ChatLoad>.StartAll(plan, plan.Servers, server => new ChatLoad(loop, server, RoomSetup.ConnectMembers(loop, server, Members)));
        try
        {
            foreach (var contender in contenders) contender.Load.RunFor(plan.WarmUp, inFlight: 4);
            plan.Interleave(contenders, contender =>
            {
                foreach (var window in Windows)
                {
                    var figures = contender.Load.RunFor(plan.Time, window);
                    result.Add(contender.Server.Name, Case(window), figures);
                    plan.Progress($"  {contender.Server.Name}, {Case(window)}: {figures["per_s"]:N0} deliveries/s, {figures["per_cpu_s"]:N0} per CPU-s");
                }
            });
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }
    }

    private static Target Against(WorkResult result, int inFlight, string peer, double times) => Target.AtLeast(
        $"Deliveries per CPU-s beside {peer}, {Case(inFlight)}",
        result.Ratio(Peers.RoomWs, peer, Case(inFlight), "per_cpu_s"),
        times,
        "0.00×");
}
