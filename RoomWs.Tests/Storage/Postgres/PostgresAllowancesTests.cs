using Dapper;
using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NUnit.Framework;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Postgres;

/// <summary>The batches of two nodes that take from one allowance.</summary>
[Category("Postgres")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgresAllowancesTests : IDisposable
{
    private readonly EmptyDatabase _database = new();
    private readonly Node _one;
    private readonly Node _other;

    public PostgresAllowancesTests()
    {
        using (var connections = _database.Connections()) new PostgresMigrator(connections, TimeProvider.System, NullLogger<PostgresMigrator>.Instance).BringUp();
        (_one, _other) = (new Node(_database, "one"), new Node(_database, "other"));
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
        _database.Dispose();
    }

    [Test]
    public async Task A_batch_waits_for_another_that_may_take_from_the_same_allowance_and_sees_what_that_has_taken()
    {
        _one.Begin().Save(long.MaxValue - 1);
        _one.Commit();

        _one.Begin().Save(long.MaxValue);
        var waiting = Task.Run(() => _other.Begin().FullAt);
        await Deadline.UntilAsync(() => _database.Read<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")[0] == 1, "the other's wait");
        _one.Commit();

        (await waiting.OrFailAsync("the other")).Should().Be(long.MaxValue);
    }

    [Test]
    public void Of_two_batches_that_make_the_first_row_one_wins_and_the_other_is_to_be_run_again()
    {
        _one.Begin().Save(7);
        _other.Begin().Save(8);
        _one.Commit();

        var lost = _other.Invoking(other => other.Commit()).Should().Throw<PostgresException>().Which;

        new PostgresFaults("database").IsLostRace(lost).Should().BeTrue();
        _other.RollBack();
        _other.Begin().FullAt.Should().Be(7);
    }

    [Test]
    public void What_is_taken_behind_the_deletion_of_a_whole_one_is_kept()
    {
        _one.Begin().Save(1);
        _one.Commit();

        _one.Begin();
        _one.Sweep().Should().Be(1);
        _one.Save(long.MaxValue);
        _one.Commit();

        _other.Begin().FullAt.Should().Be(long.MaxValue);
    }

    [Test]
    public void A_whole_one_that_another_batch_holds_is_left_there()
    {
        _one.Begin().Save(1);
        _one.Commit();
        _one.Begin();

        _other.Begin(isNamed: false).Sweep().Should().Be(0);

        _other.RollBack();
        _one.Save(2);
        _one.Commit();
        _database.Read<long>("SELECT full_at FROM allowances").Should().Equal(2);
    }

    /// <summary>The writer of a node, whose batches are about one allowance of one user.</summary>
    private sealed class Node : IDisposable
    {
        private readonly PostgresConnections _connections;
        private readonly PostgresStore _store;
        private readonly WriteScope _write;

        public Node(EmptyDatabase database, string name)
        {
            _connections = database.Connections(name);
            var witness = new FeedWitness();
            var session = new WriterSession(_connections, witness, name);
            session.Open();
            // However slow the machine is.
            session.Connection.Execute("SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0");
            _store = new PostgresStore(session, new FeedWriter(session, witness, new NotifyQueue(TimeProvider.System), name, TimeSpan.Zero, TimeProvider.System), new PastUpdates(TimeProvider.System), clock: null);
            _write = new WriteScope(_store, new Repositories(session.Connection, PostgresDialect.Instance), new NoRooms(), static () => { }, TimeProvider.System);
        }

        public long FullAt => _write.Allowances.FullAt("alice", AllowanceKind.Adds);

        public Node Begin(bool isNamed = true)
        {
            _write.Begin(
                needs =>
                {
                    if (isNamed) needs.Allowances.Add(("alice", AllowanceKind.Adds));
                },
                isToWrite: true);
            _write.BeginJob();
            return this;
        }

        public void Save(long fullAt) => _write.Allowances.Save("alice", AllowanceKind.Adds, fullAt);

        public int Sweep() => _write.Sweep(sweeps => sweeps.DeleteAllowances(_write.At, limit: 10));

        public void Commit()
        {
            _store.Commit(_write.Rows);
            _write.Committed();
        }

        public void RollBack()
        {
            _store.RollBack();
            _write.UndoBatch(static _ => { });
        }

        public void Dispose()
        {
            _store.Dispose();
            _connections.Dispose();
        }
    }
}
