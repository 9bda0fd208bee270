using System.Data;
using Dapper;
using FluentAssertions;
using Npgsql;
using NUnit.Framework;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Postgres;

[Category("Postgres")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgresConnectionsTests : IDisposable
{
    private readonly EmptyDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Test]
    public void Every_session_has_its_limits_and_the_name_of_its_node()
    {
        using var connections = _database.Connections("node-7");
        using var writer = connections.OpenForWriting();
        using var alone = connections.OpenAlone();
        using var reader = connections.OpenForReading();

        foreach (var connection in new[] { writer, alone, reader })
        {
            PostgresConnections.SessionSettings.Select(setting => Show(connection, setting.Name).Replace("5000", "5s", StringComparison.Ordinal))
                .Should().Equal(PostgresConnections.SessionSettings.Select(setting => setting.Value));
            Show(connection, "application_name").Should().Be("RoomWs node-7");
        }
    }

    [Test]
    public async Task One_that_is_lost_while_nobody_uses_it_fails_as_one_that_is_lost_in_use()
    {
        using var connections = _database.Connections();
        using var connection = connections.OpenAlone();
        _database.Run($"SELECT pg_terminate_backend({connection.ProcessID})");
        // The keepalive finds out.
        await Deadline.UntilAsync(() => connection.State != ConnectionState.Open, "that it is known to be lost");

        var trip = new RoundTrip(connection);
        trip.Do("SELECT 1");
        var fault = trip.Invoking(one => one.Run()).Should().Throw<NpgsqlException>().Which;
        var faults = new PostgresFaults(connections.Target);
        (faults.IsOfStorage(fault), faults.IsWorthRetry(fault), faults.IsAway(fault)).Should().Be((true, true, true));
        faults.WhileRunning(fault).Should().Contain("has lost the connection");
    }

    [Test]
    public void A_reader_changes_nothing_and_is_gone_when_it_is_thrown_away()
    {
        using var connections = _database.Connections();
        int process;
        using (var reader = connections.OpenForReading())
        {
            process = reader.ProcessID;
            reader.Invoking(connection => connection.Execute("CREATE TABLE t (i int)")).Should().Throw<PostgresException>().Which.SqlState.Should().Be("25006");
        }

        using var next = connections.OpenForReading();
        next.ProcessID.Should().NotBe(process);
    }

    [TestCase("off", "on")]
    [TestCase("local", "on")]
    [TestCase("on", "on")]
    [TestCase("remote_write", "remote_write")]
    [TestCase("remote_apply", "remote_apply")]
    public void Commits_wait_for_the_disk_whatever_the_servers_default(string ofServer, string ofWriter)
    {
        _database.Set("synchronous_commit", ofServer);
        using var connections = _database.Connections();
        using var writer = connections.OpenForWriting();

        Show(writer, "synchronous_commit").Should().Be(ofWriter);
    }

    [Test]
    public async Task A_node_that_hangs_in_a_transaction_frees_its_locks_though_its_timers_run()
    {
        _database.Run("CREATE TABLE t (i int)");
        using var connections = _database.Connections();
        await using var writer = connections.OpenForWriting();
        await using var transaction = await writer.BeginTransactionAsync();
        await writer.ExecuteAsync("LOCK TABLE t");
        var process = writer.ProcessID;

        await Deadline.UntilAsync(() => _database.Read<long>($"SELECT count(*) FROM pg_stat_activity WHERE pid = {process}")[0] == 0, "the end of the session");

        (await writer.Invoking(connection => connection.ExecuteAsync("SELECT 1")).Should().ThrowAsync<PostgresException>()).Which.SqlState.Should().Be("25P03");
    }

    [Test]
    public void Of_several_hosts_it_takes_the_one_that_takes_changes()
    {
        var asked = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        asked.Host = $"{asked.Host}:1,{asked.Host}:{asked.Port}";
        using var connections = new PostgresConnections(asked.ConnectionString, "n1");

        using var writer = connections.OpenForWriting();
        using var reader = connections.OpenForReading();
        writer.ExecuteScalar<int>("SELECT 1").Should().Be(1);
        reader.ExecuteScalar<int>("SELECT 1").Should().Be(1);
    }

    private static string Show(NpgsqlConnection connection, string setting) => connection.ExecuteScalar<string>($"SHOW {setting}")!;
}
