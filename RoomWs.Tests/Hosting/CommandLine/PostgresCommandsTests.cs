using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting.CommandLine;

/// <summary>What the commands about a database file say where the server has its database on PostgreSQL.</summary>
internal sealed class PostgresCommandsTests
{
    private const string Postgres = "Host=db;Database=roomws;Username=roomws;Password=geheim";

    [TestCase("backup x.db", "pg_dump")]
    [TestCase("restore x.db", "pg_restore")]
    [TestCase("compact", "VACUUM FULL")]
    [TestCase("check-database", "pg_amcheck")]
    public async Task A_command_about_the_file_says_what_to_use_instead(string command, string instead)
    {
        var (exitCode, output, error) = await RunAsync(command.Split(' '));

        (exitCode, output).Should().Be((2, ""));
        error.Should().StartWith("The server has its database on PostgreSQL (roomws at db:5432): ").And.Contain(instead).And.EndWith($". For a file, give it with --database.{Environment.NewLine}");
    }

    [Test]
    public async Task One_that_names_a_file_is_about_the_file()
    {
        var (exitCode, _, error) = await RunAsync("check-database", "--database", "/nowhere/rooms.db");

        (exitCode, error).Should().Be((1, $"There is no database /nowhere/rooms.db; name it with --database.{Environment.NewLine}"));
    }

    [Test]
    public async Task A_move_needs_to_know_where_to()
    {
        (await new CommandLineRun().RunAsync("move", "--database", "rooms.db")).Should().Be((2, "", $"There is no Postgres to move to: give the connection string of an empty database, with --postgres or ROOMWS_Postgres{Environment.NewLine}"));
        var (exitCode, _, error) = await new CommandLineRun().RunAsync("move", "--postgres", "postgres://geheim@db/roomws");
        exitCode.Should().Be(2);
        error.Should().StartWith("Postgres is a URL").And.NotContain("geheim");
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        var run = new CommandLineRun();
        run.Variables["ROOMWS_Postgres"] = Postgres;
        return run.RunAsync(args);
    }
}
