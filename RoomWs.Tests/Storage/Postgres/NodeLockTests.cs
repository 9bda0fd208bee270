using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Postgres;

[Category("Postgres")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NodeLockTests : IDisposable
{
    private readonly EmptyDatabase _database = new();
    private readonly ManualTimeProvider _time = new();
    private readonly PostgresConnections _connections;

    public NodeLockTests() => _connections = _database.Connections();

    public void Dispose()
    {
        _connections.Dispose();
        _database.Dispose();
    }

    [Test]
    public async Task A_second_node_of_one_name_waits_and_then_ends()
    {
        using var first = Take("a");
        using var other = Take("b");
        var second = Task.Run(() => Take("a"));

        for (var waited = TimeSpan.Zero; waited < TimeSpan.FromSeconds(10); waited += TimeSpan.FromMilliseconds(250))
        {
            await Deadline.UntilAsync(() => _time.PendingTimers == 1, "that it waits for its next try");
            second.IsCompleted.Should().BeFalse();
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }

        var refused = await second.Invoking(task => task.OrFailAsync("the refusal")).Should().ThrowAsync<StartupException>();
        refused.WithMessage("Two nodes of one name: another that is called a runs on the database *. Give each a NodeName of its own, or none.");
    }

    [Test]
    public async Task It_starts_when_the_first_has_ended_meanwhile()
    {
        var first = Take("a");
        var second = Task.Run(() => Take("a"));
        await Deadline.UntilAsync(() => _time.PendingTimers == 1, "that it waits for its next try");
        first.Dispose();
        await Deadline.UntilAsync(() => _database.Read<long>("SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND datname = current_database()")[0] == 0, "the end of the first one's session");
        _time.Advance(TimeSpan.FromMilliseconds(250));

        using var taken = await second.OrFailAsync("the name");
        taken.TryHold().Should().BeTrue();
    }

    [Test]
    public async Task A_wait_ends_where_the_start_is_given_up()
    {
        using var first = Take("a");
        using var stop = new CancellationTokenSource();
        var second = Task.Run(() => NodeLock.Take(_connections, "a", _time, stop.Token));
        await Deadline.UntilAsync(() => _time.PendingTimers == 1, "that it waits for its next try");
        await stop.CancelAsync();

        await second.Invoking(task => task.OrFailAsync("the end")).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task A_lock_whose_session_was_lost_is_taken_again_unless_another_has_it()
    {
        using var first = Take("a");
        await EndSessionsAsync();

        first.TryHold().Should().BeTrue();
        _database.Read<long>("SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND datname = current_database()").Should().Equal(1);

        await EndSessionsAsync();
        using var second = Take("a");
        first.TryHold().Should().BeFalse();
        second.TryHold().Should().BeTrue();
    }

    [Test]
    public void A_start_checks_makes_the_tables_and_has_the_name()
    {
        using var taken = PostgresStart.Open(_connections, "a", TimeSpan.FromSeconds(10), _time, NullLogger<PostgresMigrator>.Instance, CancellationToken.None);

        taken.TryHold().Should().BeTrue();
        PostgresStart.Look(_database.ConnectionString).Should().EndWith($"schema {PostgresMigration.All[^1].Version}");
    }

    private NodeLock Take(string name) => NodeLock.Take(_connections, name, _time, CancellationToken.None);

    private async Task EndSessionsAsync()
    {
        const string Sessions = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'RoomWs n1'";
        _database.Read<bool>($"SELECT pg_terminate_backend(pid) {Sessions}").Should().NotBeEmpty();
        await Deadline.UntilAsync(() => _database.Read<long>($"SELECT count(*) {Sessions}")[0] == 0, "the end of the session");
    }
}
