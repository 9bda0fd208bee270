using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Draining;

/// <summary>A real process that is asked to end, whatever its clients are doing.</summary>
[Platform(Exclude = "Win", Reason = "There is no SIGTERM.")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DrainTests : IDisposable
{
    private static readonly string[] NoLimits =
        ["--limits-requests-per-second", "0", "--limits-membership-actions-per-minute", "0", "--limits-creates-per-minute", "0", "--limits-adds-per-minute", "0", "--limits-boards-per-room", "0", "--log-level", "Error"];

    private readonly TestFiles _files = new();

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    public void Dispose() => _files.Dispose();

    [TestCase("TERM")]
    [TestCase("INT")]
    public async Task Under_load_what_has_a_reply_was_done_and_what_has_none_was_not(string signal)
    {
        for (var round = 0; round < TestScale.Rounds(shortRun: 2, longRun: 50); round++)
        {
            var clients = Enumerable.Range(0, 24).Select(number => new DrainClient($"c{round}-{number}")).ToList();
            var (server, url) = await ServerProcess.StartListeningAsync(Database, NoLimits);
            using (server)
            {
                await DrainUnderLoadAsync(server, url, signal, clients);
            }

            (server, url) = await ServerProcess.StartListeningAsync(Database, NoLimits);
            using (server)
            {
                foreach (var client in clients) await CompareAsync(client, url);
            }
        }
    }

    [Test]
    public async Task In_the_middle_of_a_resume_the_word_comes_and_the_resume_is_finished()
    {
        var (server, url) = await ServerProcess.StartListeningAsync(Database, NoLimits);
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        const int messages = 900;
        await SayMuchAsync(alice, messages);
        using var behind = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        await behind.SendAsync("""{"type":"RESUME","limit":1000,"rooms":[{"roomId":"r1","afterSeq":0}]}""");
        var types = new List<string>();
        // The replay is far larger than what fits in between, so it waits for its reader.
        for (var i = 0; i < 2; i++) types.Add(TypeOf(await behind.ReceiveAsync()));

        server.Terminate();
        (await alice.ReceiveAsync()).Should().Contain("SERVER_DRAINING");
        while (types[^1] != "close 1001") types.Add(TypeOf(await behind.ReceiveAsync()));

        types.Should().ContainSingle(type => type == "SERVER_DRAINING");
        types.Count(type => type == "ROOM_MESSAGE").Should().Be(messages);
        types[^3..].Should().Equal(["RESYNC_COMPLETE", "ROOMS_SNAPSHOT", "close 1001"], "the word came before them, for it waits for nothing");
        (await server.EndAsync()).ExitCode.Should().Be(0);
    }

    [Test]
    public async Task Clients_that_do_not_read_or_answer_or_even_say_who_they_are_do_not_hold_it_up()
    {
        var (server, url) = await ServerProcess.StartListeningAsync(Database, [.. NoLimits, "--drain-seconds", "1"]);
        using var _ = server;
        var uri = new Uri(url);
        using (var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"))) await SayMuchAsync(alice, 900);
        using var doesNotAnswer = await RawClient.OpenAsync(uri, "?user=bob");
        using var doesNotRead = await RawClient.OpenAsync(uri, "?user=alice");
        await doesNotRead.SendAsync(RawClient.TextFrame("""{"type":"RESUME","limit":1000,"rooms":[{"roomId":"r1","afterSeq":0}]}"""));
        using var saysNothing = await RawClient.ConnectAsync(uri);
        using var saysHalf = await RawClient.ConnectAsync(uri);
        await saysHalf.SendAsync("GET /ws HTTP/1.1\r\nHost: localhost\r\n");
        // The replay has begun, so the others have been taken on as well.
        while (!(await doesNotRead.ReadFrameAsync()).Text.Contains("RESYNC_START", StringComparison.Ordinal)) { }

        server.Terminate();

        (await server.EndAsync().OrFailAsync("the end")).ExitCode.Should().Be(0);
    }

    [Test]
    public async Task While_it_drains_new_clients_get_503_and_a_second_signal_ends_it_at_once([Values("TERM", "INT")] string signal)
    {
        var (server, url) = await ServerProcess.StartListeningAsync(Database, "--drain-seconds", "86400");
        using var _ = server;
        var uri = new Uri(url);
        using (var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"))) await SayMuchAsync(alice, 150);
        // A resume that nobody reads keeps it from its end.
        using var doesNotRead = await RawClient.OpenAsync(uri, "?user=alice");
        await doesNotRead.SendAsync(RawClient.TextFrame("""{"type":"RESUME","limit":1000,"rooms":[{"roomId":"r1","afterSeq":0}]}"""));
        using var bob = await WireSocket.ConnectAsync(new Uri(url + "?user=bob"));

        server.Signal(signal);

        (await bob.ReceiveAsync()).Should().Contain("SERVER_DRAINING");
        using (var late = await RawClient.ConnectAsync(uri))
        {
            await late.SendAsync(RawClient.Upgrade());
            (await late.ReadResponseAsync()).Should().Match<RawResponse>(response => response.Status == 503 && response.Body.Contains("shutting down"));
        }

        server.Signal(signal);
        (await server.EndAsync().OrFailAsync("the end")).ExitCode.Should().Be(signal == "TERM" ? 143 : 130);
    }

    private static async Task DrainUnderLoadAsync(ServerProcess server, string url, string signal, List<DrainClient> clients)
    {
        var wellUnderWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = 3_000;
        await Task.WhenAll(clients.Select(client => client.ConnectAsync(url)));
        var acting = Task.WhenAll(clients.Select(client => client.ActAsync(() =>
        {
            if (Interlocked.Decrement(ref left) == 0) wellUnderWay.SetResult();
        })));
        await Task.WhenAny(wellUnderWay.Task, acting).OrFailAsync("the load");

        server.Signal(signal);
        await acting.OrFailAsync("the end of every connection");

        clients.Sum(client => client.Unanswered).Should().BePositive("it came in the middle of things");
        clients.Should().OnlyContain(client => client.End == "close 1001" && client.Delays.Count == 1);
        clients.Select(client => client.Delays[0]).Distinct().Should().HaveCountGreaterThan(clients.Count / 2, "they are not to come back at once");
        clients.Should().OnlyContain(client => client.Delays[0] >= 0 && client.Delays[0] <= 10_000);
        (await server.EndAsync()).Should().Be((0, ""));
        foreach (var client in clients) client.Dispose();
    }

    /// <summary>The room is what the replies said, and nothing more.</summary>
    private static async Task CompareAsync(DrainClient client, string url)
    {
        using var socket = await WireSocket.ConnectAsync(new Uri($"{url}?user={client.RoomId}"));
        var roomId = client.RoomId;
        var room = (await socket.AskAsync(new { type = "ROOM_INFO", roomId })).Room();
        var boards = (await socket.AskAsync(new { type = "ROOM_BOARD_LIST", roomId })).GetProperty("boards").EnumerateArray().ToList();
        var said = (await socket.AskAsync(new { type = "ROOM_HISTORY", roomId, limit = 1 })).Seqs("messages");
        var invites = (await socket.AskAsync(new { type = "ROOM_INVITE_LIST", roomId })).GetProperty("invites").GetArrayLength();

        var found = new { Version = room.Version(), Said = said.Sum(), Drawn = boards[0].Number("seq"), Boards = boards.Count, Invites = invites };
        found.Should().Be(new
        {
            client.Version,
            Said = (long)client.Times("ROOM_MESSAGE"),
            Drawn = (long)client.Times("ROOM_BOARD_UPDATE"),
            Boards = 1 + client.Times("ROOM_BOARD_CREATE"),
            Invites = client.Times("ROOM_INVITE_CREATE"),
        });
    }

    private static async Task SayMuchAsync(WireSocket alice, int messages)
    {
        await alice.AskAsync(new { type = "ROOM_CREATE", roomId = "r1" });
        for (var i = 0; i < messages; i++) await alice.AskAsync(new { type = "ROOM_MESSAGE", roomId = "r1", content = new string('x', 10_000) });
    }

    private static string TypeOf(string frame) => frame.StartsWith('{') ? System.Text.Json.JsonDocument.Parse(frame).RootElement.Type() : frame;
}
