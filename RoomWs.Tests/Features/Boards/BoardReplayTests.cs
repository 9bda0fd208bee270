using System.Globalization;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Boards;

/// <summary>Whoever comes late to a board, or back to it, sees the same as those who were there all along.</summary>
internal sealed class BoardReplayTests : EndToEndTest
{
    private const int Painters = 4;
    private const int UpdatesOfEach = 250;
    private const int Total = Painters * UpdatesOfEach;

    [Test]
    public async Task What_is_read_page_by_page_is_what_was_seen_live_with_a_compaction_in_the_middle()
    {
        var names = Enumerable.Range(0, Painters).Select(i => $"painter{i}").ToArray();
        var watcher = await ConnectAsync("watcher");
        await watcher.CreateRoomAsync("r1", members: names);
        await watcher.CreateBoardAsync("r1", "b1");
        await watcher.EnterAsync("r1");
        var painters = await Task.WhenAll(names.Select(ConnectAsync));
        var latecomer = await ConnectAsync("watcher");

        var painting = Task.WhenAll(painters.Select(PaintAsync));
        var live = new BoardView();
        await WatchAsync(watcher, live, Total / 2, compactions: 0);
        await watcher.SendAsync(new { type = "ROOM_BOARD_SNAPSHOT", roomId = "r1", boardId = "b1", seq = live.Seq, payload = live.ToString() });
        // Meanwhile others read it again and again: each view is a beginning of what there is, without a gap.
        var views = new List<string>();
        while (!painting.IsCompleted) views.Add((await ReadAsync(latecomer)).ToString());
        await painting;
        await WatchAsync(watcher, live, Total, compactions: 1);

        (await latecomer.BoardStateAsync("r1", "b1")).GetProperty("snapshot").Number("seq").Should().Be(Total / 2);
        var whole = live.ToString();
        (await ReadAsync(latecomer)).ToString().Should().Be(whole);
        views.Should().OnlyContain(view => whole.StartsWith(view, StringComparison.Ordinal));

        await Server.RestartAsync();
        (await ReadAsync(await ConnectAsync("watcher"))).ToString().Should().Be(whole);
    }

    [Test]
    public async Task Between_the_number_in_the_state_of_a_room_and_the_first_update_behind_it_nothing_is_missing()
    {
        var painter = await ConnectAsync("painter");
        await painter.CreateRoomAsync("r1", members: ["watcher"]);
        await painter.CreateBoardAsync("r1", "b1");
        await painter.ActivateBoardAsync("r1", "b1");
        var watcher = await ConnectAsync("watcher");
        await watcher.SettleAsync();
        while (watcher.Received.Count > 0) await watcher.NextAsync();

        var painting = Task.Run(async () =>
        {
            for (var i = 0; i < Total; i++)
            {
                await painter.SendAsync("""{"type":"ROOM_BOARD_UPDATE","roomId":"r1","boardId":"b1","payload":"x"}""");
                if (i % 4 == 3) await painter.SettleAsync();
            }
        });
        while (!painting.IsCompleted)
        {
            await watcher.SendAsync("""{"type":"ROOM_ENTER","roomId":"r1"}""");
            await watcher.SendAsync("""{"type":"PING"}""");
            await watcher.SendAsync("""{"type":"ROOM_EXIT","roomId":"r1"}""");
            var seq = 0L;
            for (var frame = await watcher.NextAsync(); frame.Type() != "ROOM_EXITED"; frame = await watcher.NextAsync())
            {
                if (frame.Type() == "ROOM_STATE") seq = frame.GetProperty("board").Number("seq");
                if (frame.Type() != "ROOM_BOARD_UPDATED") continue;
                frame.Number("seq").Should().BeLessThanOrEqualTo(seq + 1, "nothing may be missing behind {0}", seq);
                seq = Math.Max(seq, frame.Number("seq"));
            }
        }

        await painting;
    }

    [Test]
    [FileOnly("The server is a process of its own, which keeps its rooms in a file.")]
    public async Task Everything_acknowledged_is_there_after_a_kill_without_a_gap()
    {
        const int acknowledgedBeforeKill = 400;
        using var files = new TestFiles();
        var database = Path.Combine(files.Folder, "rooms.db");
        var (server, url) = await StartAsync(database);
        using var first = server;
        using var alice = await WireSocket.ConnectAsync(new Uri($"{url}?user=alice"));
        await RequestAsync(alice, """{"type":"ROOM_CREATE","roomId":"r1"}""");
        await RequestAsync(alice, """{"type":"ROOM_BOARD_CREATE","roomId":"r1","boardId":"b1"}""");

        var seen = new BoardView();
        var sent = 0;
        while (seen.Seq < acknowledgedBeforeKill)
        {
            while (sent < seen.Seq + 8) await alice.SendAsync($$"""{"type":"ROOM_BOARD_UPDATE","roomId":"r1","boardId":"b1","payload":"{{++sent}}"}""");
            var reply = Parse(await alice.ReceiveAsync());
            if (reply.Type() == "ROOM_BOARD_SNAPSHOT_RESPONSE") continue;
            reply.Type().Should().Be("ROOM_BOARD_UPDATE_RESPONSE");
            seen.Take(Update(reply.Number("seq")));
            if (seen.Seq == acknowledgedBeforeKill / 2) await alice.SendAsync(JsonSerializer.Serialize(new { type = "ROOM_BOARD_SNAPSHOT", roomId = "r1", boardId = "b1", seq = seen.Seq - 20, payload = seen.Snapshot(seen.Seq - 20) }));
        }

        await server.KillAsync();
        (server, url) = await StartAsync(database);
        using var second = server;
        using var back = await WireSocket.ConnectAsync(new Uri($"{url}?user=alice"));
        var kept = await BoardView.ReadAsync(json => RequestAsync(back, json), "r1", "b1");

        kept.Seq.Should().BeInRange(acknowledgedBeforeKill, sent);
        kept.ToString().Should().StartWith(seen.ToString());
        var next = await RequestAsync(back, """{"type":"ROOM_BOARD_UPDATE","roomId":"r1","boardId":"b1","payload":"x"}""");
        next.Number("seq").Should().Be(kept.Seq + 1);
        var state = await RequestAsync(back, """{"type":"ROOM_BOARD_STATE","roomId":"r1","boardId":"b1"}""");
        state.GetProperty("snapshot").Number("seq").Should().Be((acknowledgedBeforeKill / 2) - 20);
    }

    /// <summary>Follows the board up to this number, and until so many compactions of its own are done.</summary>
    private static async Task WatchAsync(TestClient watcher, BoardView live, int seq, int compactions)
    {
        while (live.Seq < seq || compactions > 0)
        {
            var frame = await watcher.NextAsync();
            if (frame.Type() == "ROOM_BOARD_UPDATED") live.Take(frame);
            else if (frame.Type() == "ROOM_BOARD_SNAPSHOT_RESPONSE") compactions--;
            else frame.Code().Should().BeNull(frame.GetRawText());
        }
    }

    private static async Task PaintAsync(TestClient painter)
    {
        for (var i = 0; i < UpdatesOfEach; i++) await painter.DrawAsync("r1", "b1", $"{i}");
    }

    private static Task<BoardView> ReadAsync(TestClient client) =>
        BoardView.ReadAsync(json => client.RequestAsync(JsonSerializer.Deserialize<JsonElement>(json)), "r1", "b1");

    /// <summary>The update that alice got this number for: she sends her numbers in order, and is the only one.</summary>
    private static JsonElement Update(long seq) =>
        Parse(string.Create(CultureInfo.InvariantCulture, $$"""{"seq":{{seq}},"userId":"alice","payload":"{{seq}}"}"""));

    private static async Task<JsonElement> RequestAsync(WireSocket socket, string json)
    {
        await socket.SendAsync(json);
        var reply = Parse(await socket.ReceiveAsync());
        reply.Code().Should().BeNull(reply.GetRawText());
        return reply;
    }

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    private static Task<(ServerProcess Server, string Url)> StartAsync(string database) =>
        ServerProcess.StartListeningAsync(database, "--limits-requests-per-second", "0");
}
