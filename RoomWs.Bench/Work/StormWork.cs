using System.Diagnostics;
using System.Globalization;
using RoomWs.Bench.Load;
using RoomWs.Bench.Reporting;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary><c>storm</c>: 1,000 users join a room with 1,000 online members at once.</summary>
internal sealed class StormWork : LoadWork
{
    private const int Listeners = 1_000;
    private const int Joiners = 1_000;
    private const string Lists = "whole lists";
    private const string Deltas = "MEMBER_DELTAS";

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(120);

    public override string Name => "storm";

    public override string Title => "A storm of joins";

    public override string About =>
        "1,000 users join a room of 1,000 members who are all online, as fast as they can. Counted is what these 1,000 are sent: member lists " +
        "(`ROOM_MEMBERS_UPDATED`, or `ROOM_MEMBERS_CHANGED` with `MEMBER_DELTAS`), and all in all. The share is of what it would be if each join sent each of them " +
        "the whole list. At the end each of the 1,000 has to know the right 2,000 members.";

    public override IReadOnlyList<Column> Columns { get; } =
    [
        new("MB of member lists", "list_mb", "N1"),
        new("% of a list for each join", "percent", "0.000"),
        new("MB in all", "total_mb", "N1"),
        new("s", "seconds", "0.0"),
        new("peak MB of the server", "peak_mb", "N0"),
        new("members who know all 2,000", "right", "N0"),
    ];

    public override IReadOnlyList<Target> Targets(WorkResult result) =>
    [
        Target.AtMost("% of a list for each join, whole lists", result.Median(Peers.RoomWs, Lists, "percent"), 2, "0.000"),
        Target.AtMost("% of a list for each join, MEMBER_DELTAS", result.Median(Peers.RoomWs, Deltas, "percent"), 0.2, "0.000"),
        .. new[] { Lists, Deltas }.SelectMany(@case => new[]
        {
            Target.Below($"Peak MB of the server, {@case}", result.Median(Peers.RoomWs, @case, "peak_mb"), 500, "N0"),
            Target.AtLeast($"Members who know all 2,000, {@case}", result.Median(Peers.RoomWs, @case, "right"), Listeners, "N0"),
        }),
    ];

    public override void Run(LoadPlan plan, WorkResult result)
    {
        foreach (var (name, @case) in plan.Storages.Servers.SelectMany(name => new[] { (name, Lists), (name, Deltas) }))
        {
            using var server = plan.Start(name);
            using var loop = new LoadLoop();
            if (@case == Deltas && !RoomSetup.OffersDeltas(loop, server))
            {
                result.Notes.Add("This server does not offer MEMBER_DELTAS, so the run with it is left out.");
                continue;
            }

            var figures = Measure(loop, server, @case == Deltas ? RoomSetup.DeltaGreeting : server.Dialect.Greeting);
            result.Add(server.Name, @case, figures);
            plan.Progress(string.Create(CultureInfo.InvariantCulture, $"  {name}, {@case}: {figures["list_mb"]:N1} MB of lists ({figures["percent"]:0.000} %), {figures["total_mb"]:N1} MB, {figures["seconds"]:0.0} s, peak {figures["peak_mb"]:N0} MB, {figures["right"]:N0} right"));
        }
    }

    private static Dictionary<string, double> Measure(LoadLoop loop, ServerUnderTest server, IReadOnlyList<string> greeting)
    {
        var users = RoomSetup.Users(0, Listeners).ToList();
        RoomSetup.CreateAhead(loop, server, Dialect.Room, users);
        var clients = loop.ConnectAll(server, users, greeting);
        var listBefore = WholeList(loop, server, clients);
        var listeners = Array.ConvertAll(clients, client => new MemberListener(client));
        foreach (var client in clients) client.Send(server.Dialect.Info);
        loop.PumpUntil(() => Array.TrueForAll(listeners, listener => listener.Version > 0), MaxWait, () => "Not all members got the room.");

        var joined = new JoinCount();
        var joiners = loop.ConnectAll(server, RoomSetup.Users(Listeners, Joiners), greeting);
        foreach (var listener in listeners) listener.StartCounting();
        var (begun, last) = (Stopwatch.GetTimestamp(), listeners[0].Version + Joiners);
        foreach (var joiner in joiners)
        {
            joiner.Handler = joined;
            joiner.Send($$"""{"type":"ROOM_JOIN","roomId":"{{Dialect.Room}}"}""");
        }

        loop.PumpUntil(
            () => joined.Count == Joiners && Array.TrueForAll(listeners, listener => listener.Version == last),
            MaxWait,
            () => $"{joined.Count} of {Joiners} joined, and {listeners.Count(listener => listener.Version == last)} of {Listeners} members were told of all.");

        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var peak = server.Meter.PeakResidentKilobytes / 1e3;
        var lists = listeners.Sum(listener => listener.ListBytes);
        var expected = RoomSetup.Users(0, Listeners + Joiners).ToHashSet(StringComparer.Ordinal);
        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["list_mb"] = lists / 1e6,
            ["percent"] = 100 * lists / (Listeners * BytesOfLists(listBefore, WholeList(loop, server, clients))),
            ["total_mb"] = listeners.Sum(listener => listener.Bytes) / 1e6,
            ["seconds"] = seconds,
            ["peak_mb"] = peak,
            ["right"] = listeners.Count(listener => listener.Members().SetEquals(expected)),
        };
    }

    /// <summary>The bytes of all lists if each join sent one. All ids have the same length, so the list grows evenly.</summary>
    private static double BytesOfLists(int before, int after) => (Joiners * (double)before) + ((after - before) * (Joiners + 1) / 2.0);

    /// <summary>Returns the length of the current member list: the reply to adding a user who is a member already.</summary>
    private static int WholeList(LoadLoop loop, ServerUnderTest server, LoadClient[] clients)
    {
        var probe = loop.ConnectAll(server, [clients[0].User], server.Dialect.Greeting)[0];
        var length = RoomSetup.Add(loop, probe, Dialect.Room, [clients[1].User]).Length;
        probe.Abort();
        return length;
    }

    private sealed class JoinCount : IFrameHandler
    {
        public int Count { get; private set; }

        public void Received(LoadClient client, ReadOnlySpan<byte> payload)
        {
            if (payload.StartsWith("{\"type\":\"ROOM_JOIN_RESPONSE\""u8)) Count++;
            else if (payload.StartsWith("{\"type\":\"ERROR\""u8)) throw new LoadException($"{client.User} was not let in: {System.Text.Encoding.UTF8.GetString(payload)}");
        }
    }
}
