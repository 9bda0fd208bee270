using RoomWs.Bench.Load;
using RoomWs.Bench.Reporting;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary><c>info</c>: measures reading a room.</summary>
internal sealed class InfoWork : LoadWork
{
    private const int Connections = 50;
    private const int Depth = 4;
    private const int RoomMembers = 10;
    private const string Case = "ROOM_INFO";

    public override string Name => "info";

    public override string Title => "Reading a room of 10 members";

    public override string About =>
        "50 connections keep 4 requests each unanswered: `ROOM_INFO`, and of the others a method of a hub, an acknowledgement and a reply that give the same object from memory.";

    public override IReadOnlyList<Column> Columns { get; } =
    [
        new("requests/s", "per_s", "N0"),
        new("requests per server CPU-s", "per_cpu_s", "N0"),
        new("RoomWs is, per CPU-s", "per_cpu_s", "0.00×", Peers.RoomWs),
        new("p50 ms", "p50_ms", "0.00"),
        new("p99 ms", "p99_ms", "0.00"),
    ];

    public override IReadOnlyList<Target> Targets(WorkResult result) =>
        [Target.AtLeast("Requests per CPU-s beside SignalR", result.Ratio(Peers.RoomWs, Peers.SignalR, Case, "per_cpu_s"), 1, "0.00×")];

    public override void Run(LoadPlan plan, WorkResult result)
    {
        using var loop = new LoadLoop();
        var contenders = Contender<RequestLoad>.StartAll(plan, plan.Servers, server => Load(loop, server));
        try
        {
            foreach (var contender in contenders) contender.Load.Run(plan.WarmUp, Depth);
            plan.Interleave(contenders, contender =>
            {
                var figures = contender.Load.Run(plan.Time, Depth);
                result.Add(contender.Server.Name, Case, figures);
                plan.Progress($"  {contender.Server.Name}: {figures["per_s"]:N0} requests/s, {figures["per_cpu_s"]:N0} per CPU-s");
            });
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }
    }

    private static RequestLoad Load(LoadLoop loop, ServerUnderTest server)
    {
        RoomSetup.ConnectMembers(loop, server, RoomMembers);
        // Several connections per member, because only members may read a room.
        var users = Enumerable.Range(0, Connections / RoomMembers).SelectMany(_ => RoomSetup.Users(0, RoomMembers));
        var clients = loop.ConnectAll(server, users, server.Dialect.Greeting);
        return new RequestLoad(loop, [server], clients, _ => server.Dialect.Info, Dialect.InfoMark);
    }
}
