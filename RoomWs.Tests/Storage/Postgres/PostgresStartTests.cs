using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Postgres;

/// <summary>A server that is not there.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgresStartTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();

    /// <summary>Has a port that nobody listens on, and keeps it from others.</summary>
    private readonly Socket _closed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly string _connectionString;

    public PostgresStartTests()
    {
        _closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _connectionString = FormattableString.Invariant($"Host=127.0.0.1;Port={((IPEndPoint)_closed.LocalEndPoint!).Port};Database=roomws;Username=u;Password=geheim");
    }

    public void Dispose() => _closed.Dispose();

    [Test]
    public async Task It_is_tried_for_a_while_and_then_told_in_one_line()
    {
        using var connections = new PostgresConnections(_connectionString, "n1");
        var start = Task.Run(() => PostgresStart.Open(connections, "n1", TimeSpan.FromSeconds(1), _time, NullLogger<PostgresMigrator>.Instance, CancellationToken.None));
        for (var i = 0; i < 4; i++)
        {
            await Deadline.UntilAsync(() => _time.PendingTimers == 1, "that it waits for its next try");
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }

        var refused = await start.Invoking(task => task.OrFailAsync("the refusal")).Should().ThrowAsync<StartupException>();
        refused.WithMessage("The database roomws at 127.0.0.1:* cannot be reached (*). Start PostgreSQL, let this machine connect to it, or correct Host and Port in Postgres.");
    }

    [Test]
    public async Task Check_config_says_so_once_it_has_shown_the_settings()
    {
        var program = new CommandLineRun { Variables = { ["ROOMWS_Dev"] = "true", ["ROOMWS_Postgres"] = _connectionString } };

        var (exitCode, output, error) = await program.RunAsync("check-config");

        exitCode.Should().Be(1);
        output.Should().Contain("Postgres = (set) (from environment)").And.NotContain("geheim");
        error.Trim().Should().NotContain("\n").And.NotContain("geheim").And.StartWith("The database roomws at 127.0.0.1:");
    }

    [Test]
    [Category("Postgres")]
    public async Task Check_config_says_that_a_database_can_be_used_and_changes_nothing()
    {
        using var database = new EmptyDatabase();
        var program = new CommandLineRun { Variables = { ["ROOMWS_Dev"] = "true", ["ROOMWS_Postgres"] = database.ConnectionString } };

        var (exitCode, output, error) = await program.RunAsync("check-config");

        (exitCode, error).Should().Be((0, ""));
        output.Trim().Split('\n')[^1].Should().Match("The database roomws_* can be used: *");
        database.Read<long>("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").Should().Equal(0);
    }
}
