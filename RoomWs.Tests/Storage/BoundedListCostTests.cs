using FluentAssertions;
using Microsoft.Data.Sqlite;
using NUnit.Framework;
using RoomWs.Server.Storage;
using RoomWs.Tests.Support;
using SQLitePCL;

namespace RoomWs.Tests.Storage;

/// <summary>What is sent of join requests and invites costs what is sent, and a limit costs no more than the limit, however many there are.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BoundedListCostTests : IDisposable
{
    private const int Many = 20_000;

    private readonly KernelDatabase _database = new();
    private readonly SqliteConnection _connection;
    private readonly JoinRequestRepository _requests;
    private readonly InviteRepository _invites;

    public BoundedListCostTests()
    {
        _database.AddRoom("r", "owner", "member");
        _connection = SqlRows.Open(_database.Path);
        (_requests, _invites) = (new JoinRequestRepository(_connection), new InviteRepository(_connection));
    }

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
    }

    [TestCase("the rooms that are asked")]
    [TestCase("how many ask")]
    [TestCase("the first page")]
    [TestCase("a page in the middle")]
    public void Reading_some_requests_costs_the_same_however_many_there_are(string what)
    {
        Ask(1, 100);
        var few = Cost(() => Read(what));
        Ask(101, Many);

        Cost(() => Read(what)).Should().BeLessThan(few + 100, "each request that were looked at would take some steps of its own");
    }

    [Test]
    public void Rooms_where_the_user_decides_nothing_cost_nothing()
    {
        Ask(1, 1);
        var few = Cost(() => Read("the rooms that are asked"));
        _connection.Run($"INSERT INTO rooms (id, name, join_policy, created_at, created_by, version, updated_at, member_count) SELECT 'a' || value, 'n', 1, 0, 'u', 1, 0, 1 FROM {SqlRows.Numbers(1_000)}");
        _connection.Run("INSERT INTO members (room_id, user_id, role, joined_at) SELECT id, 'owner', 2, 0 FROM rooms WHERE id <> 'r'");

        Cost(() => Read("the rooms that are asked")).Should().BeLessThan(few + 100);
    }

    [TestCase("used", 50)]
    [TestCase("expired", 50)]
    [TestCase("live", 1_500)]
    public void Counting_live_invites_stops_at_the_limit_and_looks_at_no_others(string kind, int allowed)
    {
        Invite("live", 10);
        var few = Cost(() => _invites.Live("r", now: 100, countTo: 50));
        Invite(kind, Many);

        Cost(() => _invites.Live("r", now: 100, countTo: 50)).Should().BeLessThan(few + allowed);
    }

    [Test]
    public void A_page_of_invites_costs_what_is_on_it()
    {
        Invite("live", 20);
        var few = Cost(() => _invites.OfRoom("r", "", 10, now: 100));
        Invite("more", Many);

        Cost(() => _invites.OfRoom("r", "", 10, now: 100)).Should().BeLessThan(few + 100);
    }

    private object Read(string what) => what switch
    {
        "the rooms that are asked" => _requests.AskedRoomsOf("owner", "", 100),
        "how many ask" => _requests.Count("r"),
        "the first page" => _requests.OfRoom("r", "", 50),
        _ => _requests.OfRoom("r", Id(50), 50),
    };

    private static string Id(int number) => $"request_{number:D26}";

    private void Ask(int first, int count) => _connection.Run(
        $"INSERT INTO join_requests (room_id, user_id, request_id, requested_at) SELECT 'r', 'u' || (value + {first}), 'request_' || printf('%026d', value + {first - 1}), 0 FROM {SqlRows.Numbers(count)}");

    /// <summary>Invites of the room's owner, as they are at the time 100.</summary>
    private void Invite(string kind, int count) => _connection.Run(
        $"""
        INSERT INTO invites (id, room_id, code_hash, created_by, created_at, expires_at, used_at)
        SELECT 'invite_{kind}' || value || '-{count}', 'r', '{kind}' || value || '-{count}', 'owner', 0, {(kind == "expired" ? 50 : 200)}, {(kind == "used" ? "60" : "NULL")} FROM {SqlRows.Numbers(count)}
        """);

    /// <summary>How many steps of its machine SQLite takes.</summary>
    private int Cost(Func<object> read)
    {
        var steps = 0;
        raw.sqlite3_progress_handler(_connection.Handle, 1, _ => Math.Min(0, steps++), null);
        read();
        raw.sqlite3_progress_handler(_connection.Handle, 0, null, null);
        return steps;
    }
}
