using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Postgres;

/// <summary>What is stored of allowances: what was taken and has not come back, and nothing else.</summary>
[Category("Postgres")]
internal sealed class StoredAllowanceTests : EndToEndTest
{
    private const int Few = 3;

    private static readonly object Guess = new { type = "ROOM_INVITE_ACCEPT", code = "0123456789ABCDEFGHJK" };

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options) =>
        (options.Limits.MembershipActionsPerMinute, options.Limits.CreatesPerMinute, options.Limits.AddsPerMinute) = (Few, Few, Few);

    [Test]
    public async Task A_restart_gives_nothing_back()
    {
        var alice = await ConnectAsync("alice");
        for (var i = 0; i < Few; i++) await alice.CreateRoomAsync($"r{i}");
        for (var i = 0; i < Few; i++) await alice.BeRefusedAsync("NOT_FOUND", Guess);

        await Server.RestartAsync();

        alice = await ConnectAsync("alice");
        (await alice.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_CREATE" })).Number("retryAfterMs").Should().Be(20_000);
        (await alice.BeRefusedAsync("RATE_LIMITED", Guess)).Number("retryAfterMs").Should().Be(20_000);
        _time.Advance(TimeSpan.FromSeconds(20));
        await alice.BeRefusedAsync("NOT_FOUND", Guess);
        await alice.CreateRoomAsync("more");
    }

    [Test]
    public async Task A_change_that_could_not_be_stored_gives_back_what_it_had_taken_and_refuses_no_other()
    {
        Server.ExpectsFaults = true;
        await (await ConnectAsync("owner")).CreateRoomAsync("r1");
        var alice = await ConnectAsync("alice");
        Server.Database.Refuse("members", "NEW.user_id = 'alice'");

        // Sent at once, so that those that would be too many come into the same batches.
        var sent = new List<string>();
        for (var i = 0; i < 20; i++) sent.Add(await alice.SendRequestAsync(new { type = "ROOM_JOIN", roomId = "r1" }));
        foreach (var request in sent) (await alice.ReplyAsync(request)).Code().Should().Be("INTERNAL_ERROR");

        Stored().Should().Equal("owner Creates 20");
        for (var i = 0; i < Few; i++) await alice.BeRefusedAsync("NOT_FOUND", Guess);
        await alice.BeRefusedAsync("RATE_LIMITED", Guess);
    }

    [Test]
    public async Task Where_nothing_is_taken_nothing_is_written()
    {
        await LimitAsync(limits => limits.MembersPerRoom = 2);
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        for (var i = 0; i < Few; i++) await alice.BeRefusedAsync("NOT_FOUND", Guess);
        var (before, position) = (Stored(), Position());
        before.Should().Equal("alice Creates 20", "alice MembershipActions 60");

        await alice.BeRefusedAsync("RATE_LIMITED", Guess);
        await alice.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_INFO", roomId = "none" });
        await alice.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_CREATE", roomId = "r1" });
        await alice.BeRefusedAsync("JOIN_FAILED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "a", "b" } });
        await alice.BeRefusedAsync("CONFLICT", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "a" }, ifVersion = 7 });
        await alice.RoomAsync("r1");

        (Stored(), Position()).Should().BeEquivalentTo((before, position));
    }

    [Test]
    public async Task What_is_whole_again_is_deleted_and_a_debt_stays()
    {
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await bob.CreateRoomAsync("r1", members: [.. Enumerable.Range(0, 100).Select(i => $"u{i}")]);
        await alice.BeRefusedAsync("NOT_FOUND", Guess);
        Stored().Should().Equal("alice MembershipActions 20", "bob Adds 2000", "bob Creates 20");

        await UntilStoredAsync("bob Adds");

        (await bob.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "x" } })).Number("retryAfterMs").Should().BeInRange(1, 98 * 20_000);
        await alice.BeRefusedAsync("NOT_FOUND", Guess);
    }

    /// <summary>Each row, with the seconds until it is whole again.</summary>
    private List<string> Stored() =>
        Rows("user_id || ' ' || kind || ' ' || (full_at / 10000000 - " + FormattableString.Invariant($"{_time.UtcNow.ToUnixTimeSeconds()}") + ")");

    /// <summary>Lets pass the ten minutes after which the server looks at old records again.</summary>
    private async Task UntilStoredAsync(params string[] expected)
    {
        _time.Advance(TimeSpan.FromMinutes(11));
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return Rows("user_id || ' ' || kind").SequenceEqual(expected);
            },
            "the deletion");
    }

    private List<string> Rows(string columns)
    {
        using var database = Server.Database.Open();
        return database.Rows($"SELECT {columns} FROM allowances ORDER BY user_id, kind", row => row.GetString(0));
    }

    private long Position()
    {
        using var database = Server.Database.Open();
        return database.Rows("SELECT position FROM head", row => row.GetInt64(0)).Single();
    }
}
