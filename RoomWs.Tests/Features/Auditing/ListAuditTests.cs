using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Auditing;

/// <summary>ROOM_AUDIT_LIST: whose trail one sees, and how much of it at once.</summary>
[CommandSample("""{"type":"ROOM_AUDIT_LIST","roomId":"$room","limit":10}""")]
internal sealed class ListAuditTests : EndToEndTest
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly ManualTimeProvider _time = new();

    private TestClient _owner = null!;

    protected override TimeProvider Time => _time;

    [SetUp]
    public async Task ConnectAsync() => _owner = await ConnectAsync("owner");

    [Test]
    public async Task Owner_and_admins_see_it_and_nobody_else()
    {
        await _owner.CreateRoomAsync("r1", members: ["bob"], admins: ["admin"]);
        var list = new { type = "ROOM_AUDIT_LIST", roomId = "r1" };

        (await (await ConnectAsync("admin")).AuditPageAsync("r1")).Entries().Should().HaveCount(2);
        (await (await ConnectAsync("bob")).BeRefusedAsync("FORBIDDEN", list)).Message().Should().Contain("MEMBER");
        await (await ConnectAsync("nobody")).BeRefusedAsync("FORBIDDEN", list);
        await _owner.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_AUDIT_LIST", roomId = "r2" });
    }

    [Test]
    public async Task An_entry_tells_when_it_was_made()
    {
        var at = _time.UtcNow.ToUnixTimeMilliseconds();
        await _owner.CreateRoomAsync("r1");

        (await _owner.AuditPageAsync("r1")).GetProperty("entries")[0].Number("at").Should().Be(at);
    }

    [Test]
    public async Task Pages_go_from_the_newest_to_the_oldest_and_a_change_meanwhile_moves_none()
    {
        await _owner.CreateRoomAsync("r1");
        await _owner.CreateRoomAsync("r2");
        for (var i = 0; i < 6; i++)
        {
            await RenameAsync("r1");
            await RenameAsync("r2");
        }

        var versions = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _owner.AuditPageAsync("r1", limit: 3, cursor);
            versions.Add(string.Join(' ', page.Entries().Select(entry => entry.Split(' ')[2])));
            cursor = page.Has("nextCursor") ? page.Text("nextCursor") : null;
            await RenameAsync("r1");
        }
        while (cursor is not null);

        versions.Should().Equal("v7 v6 v5", "v4 v3 v2", "v1");
    }

    [Test]
    public async Task A_page_that_holds_the_last_entry_has_no_next_one()
    {
        await _owner.CreateRoomAsync("r1");
        await RenameAsync("r1");

        (await _owner.AuditPageAsync("r1", limit: 2)).Has("nextCursor").Should().BeFalse();
        (await _owner.AuditPageAsync("r1", limit: 1)).Has("nextCursor").Should().BeTrue();
    }

    [Test]
    public async Task A_page_ends_early_where_its_changes_were_done_to_very_many()
    {
        await _owner.CreateRoomAsync("r1");
        for (var i = 0; i < 3; i++)
        {
            var userIds = Enumerable.Range(1_000 * i, 1_000).Select(n => $"u{n}");
            await _owner.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds });
        }

        var first = await _owner.AuditPageAsync("r1");
        first.Entries().Should().HaveCount(2);
        (await _owner.AuditPageAsync("r1", cursor: first.Text("nextCursor"))).Entries().Should().HaveCount(2);
    }

    [Test]
    public async Task A_limit_or_cursor_that_cannot_be_is_refused()
    {
        await _owner.CreateRoomAsync("r1");
        foreach (var limit in new[] { 0, 201 })
            (await _owner.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_AUDIT_LIST", roomId = "r1", limit })).Message().Should().StartWith("limit");
        foreach (var cursor in new[] { "", "-1", "x", "99999999999999999999" })
            (await _owner.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_AUDIT_LIST", roomId = "r1", cursor })).Message().Should().StartWith("cursor");
    }

    [Test]
    public async Task A_room_made_anew_does_not_show_what_was_done_to_the_one_before_it()
    {
        await _owner.CreateRoomAsync("r1");
        await RenameAsync("r1");
        var former = (await _owner.AuditPageAsync("r1", limit: 1)).Text("nextCursor");
        await _owner.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });
        await _owner.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_AUDIT_LIST", roomId = "r1" });
        var heir = await ConnectAsync("heir");
        await heir.CreateRoomAsync("r1");

        (await heir.TrailAsync("r1")).Should().Equal("heir ROOM_CREATE v1 []");
        (await heir.AuditPageAsync("r1", cursor: former)).Entries().Should().BeEmpty();
        Server.RowsInFile("r1").Should().Equal("owner ROOM_CREATE 1", "owner ROOM_UPDATE_META 2 name", "owner ROOM_DELETE none", "heir ROOM_CREATE 1");
    }

    [Test]
    public async Task The_cursor_of_another_room_shows_nothing_of_it()
    {
        await _owner.CreateRoomAsync("r1");
        await RenameAsync("r1");
        var cursor = (await _owner.AuditPageAsync("r1", limit: 1)).Text("nextCursor");
        var mallory = await ConnectAsync("mallory");
        await mallory.CreateRoomAsync("r2");

        (await mallory.AuditPageAsync("r2", cursor: cursor)).Entries().Should().BeEmpty();
    }

    [Test]
    public async Task Entries_go_after_AuditDays_and_younger_ones_stay()
    {
        await Server.RestartAsync(options => options.AuditDays = 10);
        _owner = await ConnectAsync("owner");
        await _owner.CreateRoomAsync("r1");
        _time.UtcNow += Day;
        await RenameAsync("r1");
        _time.UtcNow += 9.5 * Day;

        await LookAsync();

        await Deadline.UntilAsync(() => Server.RowsInFile("r1").Length == 1, "the old row is gone");
        (await _owner.TrailAsync("r1")).Should().Equal("owner ROOM_UPDATE_META v2 [] name");
        await RenameAsync("r1");
        (await _owner.TrailAsync("r1")).Should().HaveCount(2);
    }

    [Test]
    public async Task Without_AuditDays_entries_stay_for_ever()
    {
        await Server.RestartAsync(options => options.AuditDays = 0);
        _owner = await ConnectAsync("owner");
        await _owner.CreateRoomAsync("r1");
        _time.UtcNow += 10_000 * Day;

        await LookAsync();

        (await _owner.TrailAsync("r1")).Should().HaveCount(1);
    }

    private async Task RenameAsync(string roomId) => await _owner.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId, patch = new { name = "x" } });

    /// <summary>Lets pass the ten minutes after which the server looks at old records again.</summary>
    private async Task LookAsync()
    {
        for (var minute = 0; minute < 11; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await _owner.SucceedAsync("PONG", new { type = "PING" });
        }
    }
}
