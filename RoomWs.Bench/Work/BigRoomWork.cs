using System.Diagnostics;
using RoomWs.Bench.Load;
using RoomWs.Bench.Reporting;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary><c>bigroom</c>: compares the cost per member of a room of 10,000 with that of a room of 100.</summary>
internal sealed class BigRoomWork : LoadWork
{
    private const int BigMembers = 10_000;
    private const int BigOnline = 5_000;
    private const int SmallMembers = 100;
    private const string Big = "10,000 members, 5,000 online";
    private const string Small = "100 members, 100 online";

    public override string Name => "bigroom";

    public override string Title => "A big room beside a small one";

    public override string About =>
        "In a room of 10,000 members of whom 5,000 are online, and in one of 100 who all are, the owner makes a member an ADMIN and a MEMBER again in turn, the next time when " +
        "all have been told; and chats, with 4 messages in flight, each of which has to reach all. The clients ask for `MEMBER_DELTAS`.";

    public override IReadOnlyList<Column> Columns { get; } =
    [
        new("role changes/s", "changes_per_s", "N0"),
        new("server CPU µs for each delivery of one", "us_per_delivery", "0.00"),
        new("chat deliveries/s", "chat_per_s", "N0"),
        new("chat deliveries per server CPU-s", "chat_per_cpu_s", "N0"),
    ];

    public override IReadOnlyList<Target> Targets(WorkResult result) =>
    [
        Target.Below(
            "CPU for a delivery of a role change, big room / small room",
            result.Median(Peers.RoomWs, Big, "us_per_delivery") / result.Median(Peers.RoomWs, Small, "us_per_delivery"),
            3,
            "0.00"),
    ];

    public override void Run(LoadPlan plan, WorkResult result)
    {
        using var server = RoomWsServers.StartOnSqlite();
        using var loop = new LoadLoop();
        var withRoles = RoomSetup.OffersDeltas(loop, server);
        if (!withRoles) result.Notes.Add("This server does not offer MEMBER_DELTAS, so the role changes are left out: each would send the whole list of 10,000 to 5,000.");

        plan.Progress("  filling the rooms");
        Room[] rooms =
        [
            new(Big, "big", Connect(loop, server, "big", 0, BigMembers, BigOnline)),
            new(Small, "small", Connect(loop, server, "small", BigMembers, SmallMembers, SmallMembers)),
        ];
        foreach (var room in rooms) _ = Measure(loop, server, room, plan.Time / 2, withRoles);
        plan.Interleave(rooms, room =>
        {
            var figures = Measure(loop, server, room, plan.Time, withRoles);
            result.Add(server.Name, room.Case, figures);
            plan.Progress($"  {room.Case}: {(withRoles ? figures["us_per_delivery"] : double.NaN):0.00} µs for a delivery of a change, {figures["chat_per_s"]:N0} chat deliveries/s");
        });
    }

    private static LoadClient[] Connect(LoadLoop loop, ServerUnderTest server, string roomId, int firstUser, int members, int online)
    {
        var users = RoomSetup.Users(firstUser, members).ToList();
        RoomSetup.CreateAhead(loop, server, roomId, users);
        return loop.ConnectAll(server, users.Take(online), RoomSetup.DeltaGreeting);
    }

    private static Dictionary<string, double> Measure(LoadLoop loop, ServerUnderTest server, Room room, TimeSpan time, bool withRoles)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        if (withRoles)
        {
            var (changes, seconds, cpu) = ChangeRoles(loop, server, room, time);
            figures["changes_per_s"] = changes / seconds;
            figures["us_per_delivery"] = cpu * 1e6 / (changes * (double)room.Online.Length);
        }

        var chat = new ChatLoad(loop, server, room.Online, server.Dialect.Chat.Replace($"\"{Dialect.Room}\"", $"\"{room.Id}\"", StringComparison.Ordinal)).RunFor(time, inFlight: 4);
        figures["chat_per_s"] = chat["per_s"];
        figures["chat_per_cpu_s"] = chat["per_cpu_s"];
        return figures;
    }

    private static (int Changes, double Seconds, double Cpu) ChangeRoles(LoadLoop loop, ServerUnderTest server, Room room, TimeSpan time)
    {
        var told = new ToldCount();
        foreach (var client in room.Online) client.Handler = told;
        var (cpu, begun, changes) = (server.Meter.CpuSeconds, Stopwatch.GetTimestamp(), 0);
        // Stop after an even number of changes, so that the role is the same as before.
        while (Stopwatch.GetElapsedTime(begun) < time || changes % 2 != 0)
        {
            var role = changes % 2 == 0 ? "ADMIN" : "MEMBER";
            room.Online[0].Send($$"""{"type":"ROOM_SET_ROLE","roomId":"{{room.Id}}","userId":"{{room.Online[1].User}}","role":"{{role}}"}""");
            changes++;
            var expected = changes * (long)room.Online.Length;
            loop.PumpUntil(() => told.Count == expected, TimeSpan.FromSeconds(30), () => $"Only {told.Count} of {expected} were told of a role.");
        }

        return (changes, Stopwatch.GetElapsedTime(begun).TotalSeconds, server.Meter.CpuSeconds - cpu);
    }

    private sealed record Room(string Case, string Id, LoadClient[] Online);

    private sealed class ToldCount : IFrameHandler
    {
        public long Count { get; private set; }

        public void Received(LoadClient client, ReadOnlySpan<byte> payload)
        {
            if (payload.StartsWith("{\"type\":\"ROOM_MEMBERS_"u8)) Count++;
        }
    }
}
