using RoomWs.Bench.Load;
using RoomWs.Bench.Reporting;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary><c>meta</c>: measures durable changes.</summary>
internal sealed class MetaWork : LoadWork
{
    private const int Rooms = 128;

    private static readonly int[] Depths = [4, 1];

    public override string Name => "meta";

    public override string Title => "Durable changes";

    public override string About =>
        "128 connections rename a room each with `ROOM_UPDATE_META`, and keep so many requests unanswered. Each answer comes after the change is on disk.";

    public override IReadOnlyList<Column> Columns { get; } =
    [
        new("changes/s", "per_s", "N0"),
        new("changes per server CPU-s", "per_cpu_s", "N0"),
        new("p50 ms", "p50_ms", "0.00"),
        new("p99 ms", "p99_ms", "0.00"),
        new("PostgreSQL CPU µs for each change", "database_us", "0"),
    ];

    public override IReadOnlyList<Target> Targets(WorkResult result) =>
        [Target.AtLeast("Changes per second", Depths.Max(depth => result.Median(Peers.RoomWs, Case(depth), "per_s")), 20_000, "N0")];

    public override void Run(LoadPlan plan, WorkResult result)
    {
        using var loop = new LoadLoop();
        var contenders = Contender<RequestLoad>.StartAll(plan, plan.Storages.Servers, server => Load(loop, server));
        try
        {
            foreach (var contender in contenders) contender.Load.Run(plan.WarmUp, Depths[0]);
            plan.Interleave([.. contenders.SelectMany(contender => Depths.Select(depth => (contender, depth)))], of =>
            {
                var figures = of.contender.Load.Run(plan.Time, of.depth);
                result.Add(of.contender.Server.Name, Case(of.depth), figures);
                plan.Progress($"  {of.contender.Server.Name}, {Case(of.depth)}: {figures["per_s"]:N0} changes/s");
            });
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }
    }

    private static RequestLoad Load(LoadLoop loop, ServerUnderTest server)
    {
        var owners = loop.ConnectAll(server, RoomSetup.Users(0, Rooms), server.Dialect.Greeting);
        foreach (var owner in owners) RoomSetup.Create(loop, owner, RoomOf(owner), []);
        return new RequestLoad(loop, [server], owners, Rename, "{\"type\":\"ROOM_UPDATED\""u8);
    }

    private static string Case(int depth) => $"{depth} for each connection";

    private static string RoomOf(LoadClient owner) => "room-of-" + owner.User;

    private static string Rename(LoadClient owner) =>
        $$$"""{"type":"ROOM_UPDATE_META","correlationId":1,"roomId":"{{{RoomOf(owner)}}}","patch":{"name":"Name {{{NumberedMessage.Placeholder}}}"}}""";
}
