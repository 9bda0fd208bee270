using FluentAssertions;
using Microsoft.Data.Sqlite;
using NUnit.Framework;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Support;
using SQLitePCL;

namespace RoomWs.Tests.Storage;

/// <summary>A page of the list costs what is on it, however many rooms lie between that the user may not see.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RoomListCostTests : IDisposable
{
    private const string Insert =
        "INSERT INTO rooms (id, name, join_policy, created_at, created_by, version, updated_at, member_count) ";

    private readonly KernelDatabase _database = new();
    private readonly SqliteConnection _connection;

    public RoomListCostTests() => _connection = SqlRows.Open(_database.Path);

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
    }

    [TestCase("")]
    [TestCase("k")]
    public void Hidden_rooms_before_between_and_after_the_shown_ones_cost_nothing(string after)
    {
        foreach (var id in new[] { "b", "n", "x" }) Add($"SELECT '{id}-shown', 'n', 0, 0, 'u', 1, 0, 1");
        Add("SELECT 'm-own', 'n', 2, 0, 'u', 1, 0, 1");
        _connection.Run("INSERT INTO members (room_number, room_id, user_id, role, joined_at, position) SELECT number, id, 'me', 2, 0, 1 FROM rooms WHERE id = 'm-own'");
        AddHidden("few", 10);
        var (few, shown) = Cost(after);
        AddHidden("many", 20_000);
        var (many, again) = Cost(after);

        shown.Should().Equal(after == "" ? ["b-shown", "m-own", "n-shown", "x-shown"] : ["m-own", "n-shown", "x-shown"]);
        again.Should().Equal(shown);
        many.Should().BeLessThan(few + 200, "each hidden room that were looked at would take some steps of its own");
    }

    [Test]
    public void Pages_are_those_of_the_rule_whatever_is_own_hidden_or_both()
    {
        for (var i = 0; i < 120; i++)
        {
            var id = $"r{1_000 + (i * 37 % 120)}";
            Add($"SELECT '{id}', 'n', {i % 3}, 0, 'u', 1, 0, 1");
            if (i % 5 == 0) _connection.Run($"INSERT INTO members (room_number, room_id, user_id, role, joined_at, position) SELECT number, id, 'me', 1, 0, 1 FROM rooms WHERE id = '{id}'");
        }

        var expected = _connection.Rows(
            $"SELECT id FROM rooms WHERE join_policy <> {(int)JoinPolicy.Invite} OR id IN (SELECT room_id FROM members WHERE user_id = 'me') ORDER BY id",
            row => row.GetString(0));
        foreach (var limit in new[] { 1, 7, 500 })
        {
            var paged = new List<string>();
            while (Page("me", paged.LastOrDefault() ?? "", limit) is { Length: > 0 } page) paged.AddRange(page);
            paged.Should().Equal(expected);
        }

        new RoomRepository(_connection, SqliteDialect.Instance).ListVisible("me", seesAll: true, "", 500).Should().HaveCount(120);
        new RoomRepository(_connection, SqliteDialect.Instance).ListVisible("me", seesAll: false, "", 500).Where(row => row.MyRole is not null).Should().HaveCount(24);
    }

    private void Add(string rows) => _connection.Run(Insert + rows);

    /// <summary>Rooms of others, before, between and after all that the tests show.</summary>
    private void AddHidden(string name, int count)
    {
        foreach (var place in new[] { "a", "c", "z" })
            Add($"SELECT '{place}-{name}-' || value, 'n', 2, 0, 'u', 1, 0, 1 FROM (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {count}) SELECT value FROM n)");
    }

    private string[] Page(string userId, string after, int limit) =>
        [.. new RoomRepository(_connection, SqliteDialect.Instance).ListVisible(userId, seesAll: false, after, limit).Select(row => row.Id)];

    /// <summary>How many steps of its machine SQLite takes for a page, and what is on it.</summary>
    private (int Steps, string[] Ids) Cost(string after)
    {
        var steps = 0;
        raw.sqlite3_progress_handler(_connection.Handle, 1, _ => Math.Min(0, steps++), null);
        var ids = Page("me", after, 5);
        raw.sqlite3_progress_handler(_connection.Handle, 0, null, null);
        return (steps, ids);
    }
}
