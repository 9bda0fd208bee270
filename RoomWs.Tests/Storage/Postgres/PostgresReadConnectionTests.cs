using Dapper;
using FluentAssertions;
using Npgsql;
using NUnit.Framework;
using RoomWs.Server.Storage.Postgres;

namespace RoomWs.Tests.Storage.Postgres;

[Category("Postgres")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgresReadConnectionTests : IDisposable
{
    private readonly EmptyDatabase _database = new();
    private readonly PostgresConnections _connections;
    private readonly PostgresReadConnection _read;

    public PostgresReadConnectionTests()
    {
        _connections = _database.Connections();
        _read = new PostgresReadConnection(_connections.OpenForReading());
    }

    public void Dispose()
    {
        _read.Dispose();
        _connections.Dispose();
        _database.Dispose();
    }

    [Test]
    public void A_read_whose_connection_was_opened_again_in_the_middle_fails_as_one_that_was_lost()
    {
        _read.Begin();
        _read.Connection.ExecuteScalar<int>("SELECT 1");
        // What Npgsql does with one that is lost; Dapper opens it again.
        _read.Connection.Close();
        _read.Connection.Open();
        _read.Connection.ExecuteScalar<int>("SELECT 2").Should().Be(2);

        _read.Invoking(read => read.End()).Should().Throw<NpgsqlException>().Where(cause => PostgresFault.IsAway(cause) && PostgresFault.IsWorthRetry(cause));
    }

    [Test]
    public void A_read_begins_on_no_connection_that_is_closed()
    {
        _read.IsOpen.Should().BeTrue();
        _read.Connection.Close();

        _read.IsOpen.Should().BeFalse();
        _read.Invoking(read => read.Begin()).Should().Throw<NpgsqlException>().Where(cause => PostgresFault.IsWorthRetry(cause));
    }

    [Test]
    public void A_read_that_ends_in_order_can_be_followed_by_another()
    {
        for (var i = 0; i < 2; i++)
        {
            _read.Begin();
            _read.Connection.ExecuteScalar<string>("SHOW transaction_isolation").Should().Be("repeatable read");
            _read.End();
        }
    }
}
