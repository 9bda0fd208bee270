using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

/// <summary>While nothing can be stored, nothing changes and all can be read; and then it goes on where it was.</summary>
[Platform(Exclude = "Win,MacOsX", Reason = "There is neither tmpfs nor prlimit.")]
internal sealed class FullDiskTests
{
    private const int Insistent = 50;

    [Test]
    public async Task On_a_full_disk_changes_are_refused_and_reads_go_on_until_there_is_space_again()
    {
        using var disk = SmallDisk.Make();
        await RefuseAndRecoverAsync(disk, disk is MountedDisk ? $"the disk is full: free space at {disk.Folder}." : "cannot be written");
    }

    [Test]
    public async Task So_they_are_where_files_may_grow_no_further()
    {
        using var disk = new FileSizeLimit();
        await RefuseAndRecoverAsync(disk, "roomws.db cannot be written (SQLite Error 10: 'disk I/O error'.): see to its disk, and to limits on the size of files.");
    }

    private static async Task RefuseAndRecoverAsync(SmallDisk disk, string advice)
    {
        var database = Path.Combine(disk.Folder, "roomws.db");
        var (server, url) = await ServerProcess.StartListeningAsync(database, "--limits-presence-members", "1");
        using var _ = server;
        using var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice"));
        using var bob = await WireSocket.ConnectAsync(new Uri(url + "?user=bob"));
        (await alice.AskAsync(new { type = "ROOM_CREATE", roomId = "r1", memberIds = new[] { "bob", "carol" } })).Type().Should().Be("ROOM_CREATED");
        (await alice.AskAsync(Say("first"))).Number("seq").Should().Be(1);

        var heard = new List<JsonElement>();
        disk.Fill(server);
        var logId = await BeRefusedAsync(alice, bob, heard);
        using (var stranger = await WireSocket.ConnectAsync(new Uri(url + "?user=stranger")))
        {
            (await stranger.AskAsync(new { type = "ROOM_JOIN", roomId = "r1" })).Code().Should().Be("INTERNAL_ERROR");
        }

        await ReadAsync(alice);
        disk.Free(server);

        (await alice.AskAsync(Say("second"), key: "k1")).Number("seq").Should().Be(2);
        (await alice.AskAsync(Rename("after"), key: "k2")).Version().Should().Be(2);
        (await bob.AskAsync(new { type = "ROOM_LEAVE", roomId = "r1" }, key: "k1", heard)).Type().Should().Be("ROOM_LEAVE_RESPONSE");
        heard.Select(frame => frame.Type()).Should().Equal(["ROOM_MEMBERS_UPDATED", "ROOM_MESSAGE", "ROOM_MESSAGE", "ROOM_UPDATED"], "of what was refused nobody hears");
        heard.Where(frame => frame.Has("seq")).Select(frame => frame.Number("seq")).Should().Equal(1, 2);

        server.Terminate();
        var (exitCode, log) = await server.EndAsync();
        exitCode.Should().Be(0);
        var lines = log.Split('\n').Where(line => line.Contains("hanges ", StringComparison.Ordinal)).ToList();
        lines.Should().HaveCount(2);
        lines[0].Should().Contain(advice).And.Contain($"Until then they are refused with log id {logId}, and reads go on");
        lines[1].Should().Contain($"Changes are stored again; {Insistent + 3 + 1} were refused with log id {logId}");
        log.Should().NotContain("   at ").And.NotContain("Exception");
        using var file = SqlRows.Open(database);
        file.Rows("SELECT seq || content FROM messages ORDER BY seq", row => row.GetString(0)).Should().Equal("1first", "2second");
        file.Rows("PRAGMA integrity_check", row => row.GetString(0)).Should().Equal("ok");
    }

    /// <summary>Every change gets its error, which names the one line of the log that there is; also many at once.</summary>
    private static async Task<string> BeRefusedAsync(WireSocket alice, WireSocket bob, List<JsonElement> heardOfBob)
    {
        var refusal = await alice.AskAsync(Say("second"), key: "k1");
        refusal.Code().Should().Be("INTERNAL_ERROR");
        var logId = refusal.Message()[^13..^1];
        var leave = await bob.AskAsync(new { type = "ROOM_LEAVE", roomId = "r1" }, key: "k1", heardOfBob);
        leave.Code().Should().Be("LEAVE_FAILED");
        leave.Message().Should().Be($"The leave could not be stored; you are still a member. Log id {logId}.");
        (await alice.AskAsync(Rename("after"), key: "k2")).Message().Should().Be($"The server failed to do this; nothing was changed. Log id {logId}.");

        // A RESUME takes its place among the changes, and so in the batches that fail.
        for (var i = 0; i < Insistent; i++)
        {
            await alice.SendAsync(JsonSerializer.Serialize(Say("again")));
            await bob.SendAsync("""{"type":"RESUME","rooms":[{"roomId":"r1","afterSeq":0}]}""");
        }

        for (var i = 0; i < Insistent; i++)
        {
            (await alice.ReceiveAsync()).Should().Contain("INTERNAL_ERROR");
            foreach (var part in new[] { "RESYNC_START", "\"content\":\"first\"", "\"messageCount\":1,", "ROOMS_SNAPSHOT" }) (await bob.ReceiveAsync()).Should().Contain(part);
        }

        return logId;
    }

    private static async Task ReadAsync(WireSocket alice)
    {
        var room = (await alice.AskAsync(new { type = "ROOM_INFO", roomId = "r1" })).Room();
        (room.Version(), room.Roster(), room.Meta().Text("name")).Should().Be((1, "alice=OWNER bob=MEMBER carol=MEMBER", "r1"));
        var history = await alice.AskAsync(new { type = "ROOM_HISTORY", roomId = "r1" });
        history.GetProperty("messages").EnumerateArray().Select(message => message.Text("content")).Should().Equal("first");
        (await alice.AskAsync(new { type = "ROOM_LIST" })).Number("count").Should().Be(1);
    }

    private static object Say(string content) => new { type = "ROOM_MESSAGE", roomId = "r1", content };

    private static object Rename(string name) => new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name } };
}
