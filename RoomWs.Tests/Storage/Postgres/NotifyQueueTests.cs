using Dapper;
using FluentAssertions;
using Npgsql;
using NUnit.Framework;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Postgres;

[Category("Postgres")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NotifyQueueTests : IDisposable
{
    /// <summary>What fills more of the queue than a node leaves unread that runs.</summary>
    private const int Notifications = 8_000;

    private readonly EmptyDatabase _database = new();
    private readonly ManualTimeProvider _time = new();
    private readonly PostgresConnections _connections;

    public NotifyQueueTests() => _connections = _database.Connections();

    public void Dispose()
    {
        _connections.Dispose();
        _database.Dispose();
    }

    [Test]
    public async Task A_node_that_listens_and_hangs_is_cut_off_before_the_queue_is_full()
    {
        using var hung = await ListenAsync("RoomWs hung");
        using var others = await ListenAsync("another program");
        await using var node = _connections.OpenAlone();
        node.Execute($"DO $$ BEGIN FOR i IN 1..{Notifications} LOOP PERFORM pg_notify('roomws', i || repeat('x', 7000)); END LOOP; END $$");
        await Deadline.UntilAsync(() => _database.Read<long>(Sessions("AND wait_event = 'ClientWrite'"))[0] == 2, "that PostgreSQL waits for the two who listen");
        var queue = new NotifyQueue(_time);

        queue.Look(node);

        queue.Usage.Should().BeInRange(0.005, 0.25);
        queue.IsFilling.Should().BeFalse();
        await Deadline.UntilAsync(() => _database.Read<long>(Sessions("AND application_name LIKE 'RoomWs hung'"))[0] == 0, "the end of the session");
        _database.Read<long>(Sessions("AND application_name LIKE 'another program'")).Should().Equal([1], "it is none of the nodes");
    }

    [Test]
    public void It_is_looked_at_once_a_second()
    {
        using var node = _connections.OpenAlone();
        var queue = new NotifyQueue(_time);
        queue.Look(node);
        node.Close();

        queue.Look(node);
        _time.Advance(TimeSpan.FromSeconds(1));
        queue.Invoking(looked => looked.Look(node)).Should().Throw<NpgsqlException>("the connection is closed");
    }

    private static string Sessions(string which) => $"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%' {which}";

    /// <summary>Opens a session that listens, and reads nothing of what it gets.</summary>
    private async Task<NpgsqlConnection> ListenAsync(string name)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { ApplicationName = name, Pooling = false, KeepAlive = 0, SocketReceiveBufferSize = 8_192 }.ConnectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync("LISTEN roomws");
        return connection;
    }
}
