using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

/// <summary>AskAgainSeconds: a user who was denied does not make those who decide do so again at once.</summary>
internal sealed class AskAgainTests : EndToEndTest
{
    private static readonly object Ask = new { type = "ROOM_JOIN", roomId = "r1" };

    private readonly ManualTimeProvider _time = new();

    private TestClient _owner = null!;
    private TestClient _bob = null!;

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options) => options.Limits.AskAgainSeconds = 60;

    [SetUp]
    public async Task CreateRoomAsync()
    {
        (_owner, _bob) = (await ConnectAsync("owner"), await ConnectAsync("bob"));
        await _owner.CreateRoomAsync("r1", "APPROVAL");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Who_was_denied_asks_again_exactly_after_the_told_time_on_whatever_socket(bool restarts)
    {
        await DenyAsync();
        _time.UtcNow += TimeSpan.FromSeconds(20);
        if (restarts) await Server.RestartAsync();
        (_owner, _bob) = (await ConnectAsync("owner"), await ConnectAsync("bob"));
        var elsewhere = await ConnectAsync("bob");

        foreach (var socket in new[] { _bob, elsewhere })
        {
            var error = await socket.BeRefusedAsync("RATE_LIMITED", Ask);
            error.Number("retryAfterMs").Should().Be(40_000);
            error.Message().Should().Contain("AskAgainSeconds").And.Contain("60");
        }

        _time.UtcNow += TimeSpan.FromMilliseconds(39_999);
        (await elsewhere.BeRefusedAsync("RATE_LIMITED", Ask)).Number("retryAfterMs").Should().Be(1);
        await _owner.ExpectNothingAsync();
        _time.UtcNow += TimeSpan.FromMilliseconds(1);
        await elsewhere.AskAsync("r1");
        await _owner.ExpectAsync("ROOM_JOIN_REQUESTED");
        await _bob.AskAsync("r1");
    }

    [Test]
    public async Task The_time_runs_from_the_last_denial()
    {
        await DenyAsync();
        _time.UtcNow += TimeSpan.FromSeconds(61);
        await DenyAsync();

        (await _bob.BeRefusedAsync("RATE_LIMITED", Ask)).Number("retryAfterMs").Should().Be(60_000);
    }

    [Test]
    public async Task Who_took_its_request_back_was_not_denied()
    {
        await _bob.AskAsync("r1");
        await _bob.SucceedAsync("ROOM_JOIN_CANCELLED", new { type = "ROOM_JOIN_CANCEL", roomId = "r1" });

        await _bob.AskAsync("r1");
    }

    [Test]
    public async Task Other_rooms_and_other_users_do_not_wait()
    {
        await _owner.CreateRoomAsync("r2", "APPROVAL");
        await DenyAsync();

        await _bob.AskAsync("r2");
        await (await ConnectAsync("carol")).AskAsync("r1");
    }

    [Test]
    public async Task A_room_that_was_made_anew_has_denied_nobody()
    {
        await DenyAsync();
        await _owner.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });
        await _owner.CreateRoomAsync("r1", "APPROVAL");

        await _bob.AskAsync("r1");
    }

    [TestCase("code")]
    [TestCase("accept")]
    [TestCase("added")]
    [TestCase("opened")]
    public async Task Every_other_door_stays_open_and_whoever_came_in_may_ask_anew_after_leaving(string door)
    {
        await DenyAsync();
        if (door == "added") await _owner.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" } });
        else if (door == "accept") await _bob.AcceptAsync(await _owner.CodeAsync("r1"));
        else if (door == "code") await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1", code = await _owner.CodeAsync("r1") });
        else await OpenAndJoinAsync();

        await _bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });
        await SetPolicyAsync("APPROVAL");
        await _bob.AskAsync("r1");

        async Task OpenAndJoinAsync()
        {
            await SetPolicyAsync("OPEN");
            await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", Ask);
        }
    }

    [Test]
    public async Task Zero_is_at_once_also_for_who_was_denied_before()
    {
        await DenyAsync();
        await LimitAsync(limits => limits.AskAgainSeconds = 0);

        await (await ConnectAsync("bob")).AskAsync("r1");
    }

    [Test]
    public async Task Denials_that_hold_no_more_go_from_the_file_and_the_others_stay()
    {
        await DenyAsync();
        _time.UtcNow += TimeSpan.FromMinutes(30);
        var carol = await ConnectAsync("carol");
        await carol.AskAsync("r1");
        using var database = Server.Database.Open();
        string[] Denied() => [.. database.Rows("SELECT user_id FROM join_denials", row => row.GetString(0))];

        for (var minute = 0; minute < 11; minute++)
        {
            // The last look comes within a minute of her denial.
            if (minute == 10) await _owner.SucceedAsync("ROOM_JOIN_DENIED", new { type = "ROOM_JOIN_DENY", roomId = "r1", userId = "carol" });
            for (var second = 0; second < (minute == 10 ? 10 : 60); second++) _time.Advance(TimeSpan.FromSeconds(1));
            await _owner.TakeAllAsync();
        }

        // A round that is due while the one before still deletes comes with the next second.
        var seconds = 10;
        await Deadline.UntilAsync(
            async () =>
            {
                if (seconds++ < 50) _time.Advance(TimeSpan.FromSeconds(1));
                await _owner.TakeAllAsync();
                return !Denied().Contains("bob");
            },
            "bob's is deleted");
        Denied().Should().Equal("carol");
        await carol.BeRefusedAsync("RATE_LIMITED", Ask);
    }

    private async Task DenyAsync()
    {
        await _bob.AskAsync("r1");
        await _owner.SucceedAsync("ROOM_JOIN_DENIED", new { type = "ROOM_JOIN_DENY", roomId = "r1", userId = "bob" });
        await MembershipSteps.SettleAsync(_owner, _bob);
    }

    private Task<System.Text.Json.JsonElement> SetPolicyAsync(string joinPolicy) =>
        _owner.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { joinPolicy } });
}
