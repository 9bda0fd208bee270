using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Postgres;

/// <summary>Changes have the time of the database, and not of the node that makes them: here every node's clock is hours off.</summary>
[Category("Postgres")]
internal sealed class DatabaseClockTests : EndToEndTest
{
    protected override TimeProvider Time { get; } = new WrongTime(TimeSpan.FromHours(-7));

    protected override void Configure(RoomWsOptions options) => options.Limits.CreatesPerMinute = 1;

    [Test]
    public async Task Whatever_a_node_believes_to_be_the_time_its_changes_have_that_of_the_database()
    {
        var alice = await ConnectAsync("alice");
        var before = Clock();
        await alice.CreateRoomAsync("r1");
        var after = Clock();

        (await alice.RoomAsync("r1")).GetProperty("meta").Number("createdAt").Should().BeInRange(before, after);
        Read("SELECT at FROM audit").Should().BeInRange(before, after);
        Read("SELECT max(at) FROM feed").Should().BeInRange(before, after);
        Read("SELECT full_at / 10000 FROM allowances").Should().BeInRange(before + 60_000, after + 60_000);
    }

    [Test]
    public async Task What_a_node_takes_comes_back_by_the_clock_of_the_database()
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1");
        (await alice.BeRefusedAsync("RATE_LIMITED", new { type = "ROOM_CREATE" })).Number("retryAfterMs").Should().BeInRange(1, 60_000);

        using (var database = Server.Database.Open()) database.Run("UPDATE allowances SET full_at = full_at - 600000000");

        await alice.CreateRoomAsync("r2");
    }

    private long Clock() => Read("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint");

    private long Read(string sql)
    {
        using var database = Server.Database.Open();
        return database.Rows(sql, row => row.GetInt64(0)).Single();
    }

    private sealed class WrongTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
