using FluentAssertions;
using Npgsql;
using NUnit.Framework;
using RoomWs.Bench.Servers;

namespace RoomWs.Tests.Bench;

[Platform("Linux")]
internal sealed class ProcessStatTests
{
    [Test]
    public void A_process_says_who_started_it_and_what_it_has_used()
    {
        var own = ProcessStat.Of(Environment.ProcessId)!;

        own.CpuSeconds.Should().BePositive();
        own.Program.Should().NotBeEmpty();
        ProcessStat.Of(own.Parent).Should().NotBeNull();
    }

    [Test]
    public void A_process_that_is_gone_says_nothing() => ProcessStat.Of(int.MaxValue).Should().BeNull();

    [Test, Category("Postgres")]
    public void PostgreSQL_on_this_machine_is_found_by_a_session_and_what_all_of_its_processes_have_used_only_grows()
    {
        using var server = PostgresServer.Given(Environment.GetEnvironmentVariable("ROOMWS_TEST_POSTGRES")!);
        if (server.Meter is not { } meter)
        {
            Assert.Ignore("PostgreSQL runs on another machine.");
            return;
        }

        var before = meter.CpuSeconds;
        using (var database = server.Make())
        {
            using var connection = new NpgsqlConnection(database.Connection + ";Pooling=false");
            connection.Open();
            using var command = new NpgsqlCommand("SELECT count(*) FROM generate_series(1, 1000000)", connection);
            command.ExecuteScalar().Should().Be(1_000_000L);
        }

        // The session is over, and counts all the same.
        meter.CpuSeconds.Should().BeGreaterThan(before);
    }
}
