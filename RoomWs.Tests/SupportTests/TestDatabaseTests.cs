using System.Reflection;
using FluentAssertions;
using Npgsql;
using NUnit.Framework;
using RoomWs.Tests.Architecture;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.SupportTests;

/// <summary>Which tests <c>./run.sh test --postgres</c> runs follows from marks, without which a test gets no server: so none is forgotten.</summary>
internal sealed class TestDatabaseTests
{
    [Test]
    public async Task A_test_that_does_not_say_what_database_it_is_for_gets_no_server()
    {
        var start = () => TestServer.StartAsync();

        (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain(nameof(A_test_that_does_not_say_what_database_it_is_for_gets_no_server)).And.Contain("[EitherDatabase]");
    }

    [Test]
    public void Nothing_else_in_the_tests_starts_a_server_in_this_process() => SourceGraph.Files(Path.Combine(Repository.Root, "RoomWs.Tests"))
        .Where(file => File.ReadAllText(file).Contains("RoomWsServer" + ".StartAsync", StringComparison.Ordinal))
        .Where(file => !File.ReadAllText(file).Contains("TestDatabase", StringComparison.Ordinal))
        .Should().BeEmpty("the others would never run on PostgreSQL");

    [Test]
    public void Each_that_is_for_the_file_alone_says_why() => typeof(TestDatabaseTests).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods().Cast<MemberInfo>().Append(type))
        .SelectMany(member => member.GetCustomAttributes<FileOnlyAttribute>(inherit: false))
        .Should().NotBeEmpty().And.OnlyContain(mark => mark.Reason.Length > 10);

    [Test]
    [EitherDatabase]
    public async Task It_is_of_the_kind_that_the_run_is_for_and_stays_through_a_restart_and_is_not_shared()
    {
        await using var server = await TestServer.StartAsync();
        await using var other = await TestServer.StartAsync();
        await (await TestClient.ConnectAsync(server, "alice")).CreateRoomAsync("r1");

        await server.RestartAsync();

        using var database = server.Database.Open();
        (database is NpgsqlConnection).Should().Be(PostgresDatabase.IsGiven);
        database.Rows("SELECT id FROM rooms", row => row.GetString(0)).Should().Equal("r1");
        using var others = other.Database.Open();
        others.Rows("SELECT id FROM rooms", row => row.GetString(0)).Should().BeEmpty();
    }

    [Test]
    [FileOnly("It shows that such a test gets a file, whatever the run is for.")]
    public async Task A_test_that_is_for_the_file_gets_a_file()
    {
        await using var server = await TestServer.StartAsync();

        File.Exists(server.Options.Database).Should().BeTrue();
    }
}
