using System.Globalization;
using RoomWs.Bench.Load;
using RoomWs.Bench.Reporting;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary><c>nodes</c>: measures several nodes over one PostgreSQL.</summary>
internal sealed class NodesWork : LoadWork
{
    private const int Depth = 4;
    private const string One = "1 node";
    private const string Two = "2 nodes";
    private const string Three = "3 nodes";
    private const string WithoutBatches = "1 node, each message committed by itself";
    private const string WithIdle = "2 nodes, all messages to one";
    private const string Alone = "2 nodes, 1 message in flight";

    public override string Name => "nodes";

    public override string Title => "Several nodes over one PostgreSQL";

    public override string About =>
        "128 connections, spread evenly over the nodes, send messages of 46 characters with a `clientMessageId` to a room each, and keep 4 each unanswered: 512 in flight. Each answer comes after the " +
        "commit. Among them one message at a time goes from a client of the first node to a member of its room on the last: how long its answer takes, and how much later than the answer it is there; the " +
        "load generator may have read either first. The CPU is that of all nodes that get messages, and of PostgreSQL with all its processes. A foreign message concerns nobody on its node: " +
        "what a node takes that has 128 clients of other rooms, less what it takes when nobody sends. PostgreSQL runs with `fsync` on, and its files are in memory where there is room.";

    public override IReadOnlyList<Column> Columns { get; } =
    [
        new("messages/s", "per_s", "N0"),
        new("node CPU µs for each", "node_us", "0.0"),
        new("PostgreSQL CPU µs for each", "database_us", "0.0"),
        new("node CPU µs for a foreign one", "foreign_us", "0.00"),
        new("in a batch", "per_batch", "0.0"),
        new("answer p50 ms", "answer_p50_ms", "0.00"),
        new("p99 ms", "answer_p99_ms", "0.00"),
        new("later at the last node p50 ms", DeliveryProbe.BehindMedian, "0.00"),
        new("p99 ms", DeliveryProbe.BehindMost, "0.00"),
    ];

    public override IReadOnlyList<Target> Targets(WorkResult result) =>
    [
        Target.AtMost("Node CPU µs for a foreign message", result.Median(Peers.RoomWsOnPostgres, WithIdle, "foreign_us"), 6, "0.00"),
        Target.AtLeast("Messages per second beside those committed each by itself", Times(result, One, "per_s"), 10, "0.0×"),
    ];

    public override string? Obstacle(LoadPlan plan) => plan.Storages.Obstacle;

    public override void Run(LoadPlan plan, WorkResult result)
    {
        using var loop = new LoadLoop();
        var clusters = new Dictionary<string, NodeCluster>(StringComparer.Ordinal);
        try
        {
            Start(One, 1, 1, RoomWsServers.StartNode);
            Start(Two, 2, 2, RoomWsServers.StartNode);
            Start(Three, 3, 3, RoomWsServers.StartNode);
            Start(WithIdle, 2, 1, RoomWsServers.StartNode);
            Start(WithoutBatches, 1, 1, RoomWsServers.StartNodeWithoutBatches);
            foreach (var cluster in clusters.Values) _ = cluster.Run(plan.WarmUp, Depth);
            plan.Interleave([.. clusters.Keys, Alone], @case =>
            {
                var figures = @case switch
                {
                    Alone => clusters[Two].RunProbe(plan.Time),
                    WithIdle => MeasureIdle(loop, clusters[WithIdle], plan.Time),
                    _ => clusters[@case].Run(plan.Time, Depth),
                };
                result.Add(Peers.RoomWsOnPostgres, @case, figures);
                plan.Progress($"  {@case}: {string.Join(", ", figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Key} {figure.Value:0.00}")))}");
            });
        }
        finally
        {
            foreach (var cluster in clusters.Values) cluster.Dispose();
        }

        result.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"In the same run: 2 nodes take {Times(result, Two, "per_s", One):0.00}× the messages of one, 3 nodes {Times(result, Three, "per_s", One):0.00}×."));

        void Start(string @case, int count, int loaded, Func<PostgresDatabase, ServerUnderTest> start)
        {
            plan.Progress($"  starting {@case}");
            clusters.Add(@case, new NodeCluster(loop, plan.Storages.Server, count, loaded, start));
        }
    }

    private static Dictionary<string, double> MeasureIdle(LoadLoop loop, NodeCluster cluster, TimeSpan time)
    {
        var begun = cluster.Last.Meter.CpuSeconds;
        loop.PumpFor(time);
        var silent = cluster.Last.Meter.CpuSeconds;
        var figures = cluster.Run(time, Depth);
        var idle = (silent - begun) * (figures["answers"] / figures["per_s"]) / time.TotalSeconds;
        figures["foreign_us"] = 1e6 * (cluster.Last.Meter.CpuSeconds - silent - idle) / figures["answers"];
        return figures;
    }

    private static double? Times(WorkResult result, string @case, string figure, string than = WithoutBatches) =>
        result.Median(Peers.RoomWsOnPostgres, @case, figure) / result.Median(Peers.RoomWsOnPostgres, than, figure);
}
