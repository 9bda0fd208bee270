using System.Diagnostics;
using System.Globalization;
using RoomWs.Bench.Load;
using RoomWs.Bench.Reporting;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary><c>idle</c>: measures the memory of a silent connection.</summary>
internal sealed class IdleWork : LoadWork
{
    public const int Connections = 8_000;

    private const string Case = "8,000 connections";

    private static readonly int[] Moments = [3, 10];
    private static readonly int[] LongMoments = [3, 10, 60];

    public override string Name => "idle";

    public override string Title => "Idle connections";

    public override string About =>
        "8,000 users connect to a fresh server, say who they are (`HELLO`; for the others, whatever their protocol begins with) and are silent. What the " +
        "process has resident more than before, for each connection, so long after the last has connected.";

    public override IReadOnlyList<Column> Columns { get; } =
    [
        .. LongMoments.Select(seconds => new Column($"kB after {seconds} s", Figure(seconds), "0.0")),
        new("connections/s", "connects_per_s", "N0"),
    ];

    public override IReadOnlyList<Target> Targets(WorkResult result) =>
        [Target.AtMost("kB for a connection after 10 s", result.Median(Peers.RoomWs, Case, Figure(10)), 11, "0.0")];

    public override void Run(LoadPlan plan, WorkResult result)
    {
        foreach (var name in plan.Servers)
        {
            using var server = plan.Start(name);
            var figures = Measure(server, plan.IsLong ? LongMoments : Moments);
            result.Add(name, Case, figures);
            plan.Progress($"  {name}: {string.Join(", ", figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Key} {figure.Value:0.0}")))}");
        }
    }

    private static Dictionary<string, double> Measure(ServerUnderTest server, int[] moments)
    {
        using var loop = new LoadLoop();
        // Let the server finish its start, so that its memory does not count as that of connections.
        loop.PumpFor(TimeSpan.FromSeconds(1));
        var before = server.Meter.ResidentKilobytes;

        var begun = Stopwatch.GetTimestamp();
        loop.ConnectAll(server, RoomSetup.Users(0, Connections), server.Dialect.Greeting);
        var figures = new Dictionary<string, double>(StringComparer.Ordinal) { ["connects_per_s"] = Connections / Stopwatch.GetElapsedTime(begun).TotalSeconds };

        var connected = Stopwatch.GetTimestamp();
        foreach (var seconds in moments)
        {
            loop.PumpFor(TimeSpan.FromSeconds(seconds) - Stopwatch.GetElapsedTime(connected));
            figures[Figure(seconds)] = (server.Meter.ResidentKilobytes - before) / Connections;
        }

        return figures;
    }

    private static string Figure(int seconds) => string.Create(CultureInfo.InvariantCulture, $"kb_{seconds}s");
}
