using RoomWs.Bench.Load;
using RoomWs.Bench.Reporting;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary><c>slow</c>: measures the cost of a member that does not read.</summary>
internal sealed class SlowReaderWork : LoadWork
{
    private const int Readers = 20;
    private const int Messages = 3_000;
    private const int ContentLength = 10_000;
    private const int MessagesBetweenReadings = 20;
    private const string With = "with the slow member";
    private const string Without = "without";

    public override string Name => "slow";

    public override string Title => "A member who does not read";

    public override string About =>
        "30 MB of chat (3,000 messages of 10,000 characters) go to 20 members of a room, twice: first among themselves, then with one more member whose socket is never read. " +
        "Growth is the most that the server had resident during the chat, less what it had before.";

    public override IReadOnlyList<Column> Columns { get; } =
    [
        new("growth MB", "growth_mb", "0.0"),
        new("deliveries/s to the others", "per_s", "N0"),
        new("messages that all others got", "delivered", "N0"),
        new("slow member closed with", "close_code", "0"),
    ];

    public override IReadOnlyList<Target> Targets(WorkResult result) =>
    [
        Target.Below("Growth MB with the slow member", result.Median(Peers.RoomWs, With, "growth_mb"), 20, "0.0"),
        Target.AtLeast("Messages that all others got", result.Median(Peers.RoomWs, With, "delivered"), Messages, "N0"),
        Target.AtLeast("Close code of the slow member (4009: it reads too slowly)", result.Median(Peers.RoomWs, With, "close_code"), 4009, "0"),
    ];

    public override void Run(LoadPlan plan, WorkResult result)
    {
        // The close code comes from the server's log, because the slow member does not read it.
        using var server = RoomWsServers.StartOnSqlite(logLevel: "Information");
        using var loop = new LoadLoop();
        var members = loop.ConnectAll(server, RoomSetup.Users(0, Readers + 1), server.Dialect.Greeting);
        var slowUser = RoomSetup.Users(Readers + 1, 1).Single();
        RoomSetup.Create(loop, members[0], Dialect.Room, [.. members.Skip(1).Select(member => member.User), slowUser]);

        result.Add(server.Name, Without, Chat(loop, server, members));
        loop.Connect(server, slowUser, [], receiveBuffer: 4096).PauseReading();
        var figures = Chat(loop, server, members);
        figures["close_code"] = CloseCode(loop, server, slowUser);
        result.Add(server.Name, With, figures);
        plan.Progress($"  growth {figures["growth_mb"]:0.0} MB, closed with {figures["close_code"]:0}");
    }

    private static Dictionary<string, double> Chat(LoadLoop loop, ServerUnderTest server, LoadClient[] members)
    {
        var before = server.Meter.ResidentKilobytes;
        var (most, done) = (before, 0);
        var text = $$"""{"type":"ROOM_MESSAGE","correlationId":"{{NumberedMessage.Placeholder}}","roomId":"{{Dialect.Room}}","content":"{{NumberedMessage.Placeholder.PadRight(ContentLength, 'x')}}"}""";
        var load = new ChatLoad(loop, server, members, text)
        {
            MessageDone = count =>
            {
                done = count;
                if (count % MessagesBetweenReadings == 0) most = Math.Max(most, server.Meter.ResidentKilobytes);
            },
        };
        var chat = load.RunCount(Messages, inFlight: 4);
        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["growth_mb"] = (most - before) / 1e3,
            ["per_s"] = chat["per_s"],
            ["delivered"] = done,
        };
    }

    /// <summary>Reads the close code from the log line of the connection's end, which comes when the close was not answered for some seconds.</summary>
    private static int CloseCode(LoadLoop loop, ServerUnderTest server, string user)
    {
        string? line = null;
        loop.PumpUntil(
            () => (line = server.Errors.FirstOrDefault(said => said.Contains($"{user} ended", StringComparison.Ordinal) || said.Contains($"\"{user}\" ended", StringComparison.Ordinal))) is not null,
            TimeSpan.FromSeconds(30),
            () => "The slow member was not given up within 30 s.");
        return line!.Contains("4009", StringComparison.Ordinal) ? 4009 : 0;
    }
}
