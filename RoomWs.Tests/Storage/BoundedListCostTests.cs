using FluentAssertions;
using Microsoft.Data.Sqlite;
using NUnit.Framework;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Sqlite;
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
    private readonly long _room;

    public BoundedListCostTests()
    {
        _database.AddRoom("r", "owner", "member");
        _connection = SqlRows.Open(_database.Path);
        _room = _connection.Rows("SELECT number FROM rooms", row => row.GetInt64(0)).Single();
        (_requests, _invites) = (new JoinRequestRepository(_connection, SqliteDialect.Instance), new InviteRepository(_connection));
    }

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
    }

    [TestCase("the rooms that are asked")]
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
        _connection.Run($"INSERT INTO rooms (number, id, name, join_policy, created_at, created_by, version, updated_at, member_count) SELECT 1000 + value, 'a' || value, 'n', 1, 0, 'u', 1, 0, 1 FROM {SqlRows.Numbers(1_000)}");
        _connection.Run("INSERT INTO members (room_number, room_id, user_id, role, joined_at, position) SELECT number, id, 'owner', 2, 0, 1 FROM rooms WHERE id <> 'r'");

        Cost(() => Read("the rooms that are asked")).Should().BeLessThan(few + 100);
    }

    [TestCase("used", 50)]
    [TestCase("expired", 50)]
    [TestCase("live", 1_500)]
    public void Counting_live_invites_stops_at_the_limit_and_looks_at_no_others(string kind, int allowed)
    {
        Invite("live", 10);
        var few = CostOfWriter(() => _database.Store.UsableInvites(_room, "owner", now: 100, countTo: 50));
        Invite(kind, Many);

        CostOfWriter(() => _database.Store.UsableInvites(_room, "owner", now: 100, countTo: 50)).Should().BeLessThan(few + allowed);
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
        "the first page" => _requests.OfRoom("r", "", 50),
        _ => _requests.OfRoom("r", Id(50), 50),
    };

    private static string Id(int number) => $"request_{number:D26}";

    private void Ask(int first, int count) => _connection.Run(
        $"INSERT INTO join_requests (room_number, user_id, request_id, requested_at) SELECT {_room}, 'u' || (value + {first}), 'request_' || printf('%026d', value + {first - 1}), 0 FROM {SqlRows.Numbers(count)}; UPDATE rooms SET join_request_count = join_request_count + {count} WHERE number = {_room}");

    /// <summary>Invites of the room's owner, as they are at the time 100.</summary>
    private void Invite(string kind, int count) => _connection.Run(
        $"""
        INSERT INTO invites (id, room_number, code_hash, created_by, created_at, expires_at, used_at)
        SELECT 'invite_{kind}' || value || '-{count}', {_room}, '{kind}' || value || '-{count}', 'owner', 0, {(kind == "expired" ? 50 : 200)}, {(kind == "used" ? "60" : "NULL")} FROM {SqlRows.Numbers(count)}
        """);

    /// <summary>How many steps of its machine SQLite takes.</summary>
    private int Cost(Func<object> read) => Cost(_connection.Handle!, read);

    private int CostOfWriter(Func<object> read) => Cost(_database.Writer.Handle, read);

    private static int Cost(sqlite3 handle, Func<object> read)
    {
        var steps = 0;
        raw.sqlite3_progress_handler(handle, 1, _ => Math.Min(0, steps++), null);
        read();
        raw.sqlite3_progress_handler(handle, 0, null, null);
        return steps;
    }
}
