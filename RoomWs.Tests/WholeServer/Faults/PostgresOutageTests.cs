using System.Net.WebSockets;
using System.Text.Json;
using Dapper;
using FluentAssertions;
using Npgsql;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Faults;

/// <summary>A PostgreSQL that crashes under a server, and is there again or not.</summary>
[Category("Postgres")]
[FileOnly("It has a PostgreSQL of its own, to stop it.")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgresOutageTests : IDisposable
{
    private const int Clients = 8;

    private static readonly int[] OfTheOutage = [1005, 1006, 1010, 1011];

    private readonly OwnPostgres _postgres = OwnPostgres.Start();

    public void Dispose() => _postgres.Dispose();

    [Test]
    public async Task A_restart_fails_no_request_and_the_log_has_a_line_at_its_beginning_and_one_at_its_end()
    {
        await using var server = await StartAsync(patience: 60);
        var clients = await ConnectAsync(server);
        await clients[0].CreateRoomAsync("r1", members: [.. Enumerable.Range(1, Clients - 1).Select(i => $"user{i}")]);
        await clients[0].CreateRoomAsync("r2");
        var (isOver, rounds) = (false, new int[Clients]);
        var work = clients.Select((client, i) => Task.Run(async () =>
        {
            while (!Volatile.Read(ref isOver))
            {
                await AskAsync(client, i);
                Volatile.Write(ref rounds[i], rounds[i] + 1);
            }
        })).ToArray();

        await OneMoreRoundAsync();
        for (var restart = 0; restart < 3; restart++)
        {
            _postgres.Stop();
            await Deadline.UntilAsync(() => Lines(server).Count == (2 * restart) + 1, "somebody has met the outage");
            _postgres.StartAgain();
            await OneMoreRoundAsync();
            await Deadline.UntilAsync(() => Lines(server).Count == (2 * restart) + 2, "the outage is over");
        }

        Volatile.Write(ref isOver, true);
        await Task.WhenAll(work).OrFailAsync("the clients");
        Lines(server).Select(line => line.EventId).Should().Equal(1010, 1011, 1010, 1011, 1010, 1011);
        server.Log.Entries.Where(entry => entry.Exception is not null).Should().BeEmpty();
        var history = await clients[0].SucceedAsync("ROOM_HISTORY_RESPONSE", new { type = "ROOM_HISTORY", roomId = "r1", limit = 1 });
        history.GetProperty("messages")[0].Number("seq").Should().Be(rounds.Sum(), "each was said once");

        async Task OneMoreRoundAsync()
        {
            var before = rounds.Select((_, i) => Volatile.Read(ref rounds[i])).ToArray();
            await Deadline.UntilAsync(() => work.Any(task => task.IsFaulted) || before.Index().All(round => Volatile.Read(ref rounds[round.Index]) > round.Item + 1), "all are served again");
            if (work.FirstOrDefault(task => task.IsFaulted) is { } failed) await failed;
        }
    }

    [Test]
    public async Task One_that_stays_away_refuses_with_the_log_id_of_its_one_line()
    {
        await using var server = await StartAsync(patience: 0);
        var clients = await ConnectAsync(server);
        await clients[0].CreateRoomAsync("r1", members: ["user1"]);
        _postgres.Stop();

        var messages = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            messages.Add((await clients[0].BeRefusedAsync("INTERNAL_ERROR", new { type = "ROOM_LIST" })).Message());
            messages.Add((await clients[0].BeRefusedAsync("INTERNAL_ERROR", new { type = "ROOM_HISTORY", roomId = "r1" })).Message());
            messages.Add((await clients[1].BeRefusedAsync("INTERNAL_ERROR", new { type = "ROOM_MESSAGE", roomId = "r1", content = "x" })).Message());
            messages.Add((await clients[1].BeRefusedAsync("INTERNAL_ERROR", new { type = "RESUME", rooms = new[] { new { roomId = "r1", afterSeq = 0 } } })).Message());
            (await server.Core.Health.LookAsync()).Should().NotBeNull();
        }

        var begin = Lines(server).Should().ContainSingle().Which;
        begin.Message.Should().Contain("cannot be used, because the database postgres at 127.0.0.1:");
        var logId = begin.Message.Split(' ')[^1];
        messages.Should().OnlyContain(message => message.Contains(logId, StringComparison.Ordinal));
        server.Log.Entries.Where(entry => entry.Exception is not null).Should().BeEmpty();

        _postgres.StartAgain();
        await Deadline.UntilAsync(
            async () =>
            {
                await clients[0].SendAsync(new { type = "ROOM_LIST" });
                await clients[0].SendAsync(new { type = "ROOM_MESSAGE", roomId = "r1", content = "y" });
                await clients[0].TakeAllAsync();
                return Lines(server).Count == 2;
            },
            "the outage is over");
        Lines(server)[1].Message.Should().Match("The database can be used again; * requests were refused with log id " + logId);
    }

    [Test]
    public async Task One_that_stays_away_has_the_node_let_its_clients_go_and_take_none_until_it_is_back()
    {
        await using var server = await TestServer.StartAsync(options => (options.Postgres, options.FeedStaleSeconds) = (_postgres.Connection, 1));
        var clients = await ConnectAsync(server);
        _postgres.Stop();

        foreach (var client in clients) await client.ExpectCloseAsync(1012);
        var upgrade = async () => await TestClient.OpenAsync(server, "?user=late");
        (await upgrade.Should().ThrowAsync<WebSocketException>()).Which.Message.Should().Contain("503");
        server.Log.Entries.Where(entry => entry.EventId == 5005).Should().ContainSingle().Which.Message.Should().Contain($"its {Clients} clients are closed with 1012");

        _postgres.StartAgain();
        await Deadline.UntilAsync(() => server.Log.Entries.Any(entry => entry.EventId == 5006), "the node hears again");
        var late = await TestClient.ConnectAsync(server, "late");
        await late.CreateRoomAsync("r1");
    }

    [Test]
    public async Task Health_is_failing_while_changes_are_refused_although_reads_go_on()
    {
        await using var server = await StartAsync(patience: 0);
        var clients = await ConnectAsync(server);
        await clients[0].CreateRoomAsync("r1");
        SetReadOnly("on");

        await clients[0].BeRefusedAsync("INTERNAL_ERROR", new { type = "ROOM_MESSAGE", roomId = "r1", content = "x" });
        (await server.Core.Health.LookAsync()).Failed.Should().Equal("writer");
        await clients[0].SucceedAsync("ROOM_HISTORY_RESPONSE", new { type = "ROOM_HISTORY", roomId = "r1" });

        SetReadOnly("off");
        // Nobody has to change anything for it.
        await Deadline.UntilAsync(async () => (await server.Core.Health.LookAsync()).Failed is null, "it is well again");
        await clients[0].SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "r1", content = "x" });
    }

    /// <summary>For the sessions that begin from now on, which are all.</summary>
    private void SetReadOnly(string value)
    {
        using var connection = new NpgsqlConnection(_postgres.Connection);
        connection.Execute($"SET default_transaction_read_only = off; ALTER DATABASE postgres SET default_transaction_read_only = {value}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'RoomWs %'");
    }

    private Task<TestServer> StartAsync(int patience) => TestServer.StartAsync(options => (options.Postgres, options.StorageRetrySeconds) = (_postgres.Connection, patience));

    private static async Task<TestClient[]> ConnectAsync(TestServer server)
    {
        server.ExpectsFaults = true;
        var clients = new TestClient[Clients];
        for (var i = 0; i < Clients; i++) clients[i] = await TestClient.ConnectAsync(server, $"user{i}");
        return clients;
    }

    /// <summary>A change and each kind of a read, with their answers.</summary>
    private static async Task AskAsync(TestClient client, int number)
    {
        await client.SucceedAsync("ROOM_MESSAGE_RESPONSE", new { type = "ROOM_MESSAGE", roomId = "r1", content = $"of {number}" });
        (await client.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" })).Number("count").Should().BeGreaterThan(0);
        var history = await client.SucceedAsync("ROOM_HISTORY_RESPONSE", new { type = "ROOM_HISTORY", roomId = "r1", limit = 5 });
        history.GetProperty("messages").EnumerateArray().Select(message => message.Number("seq")).Should().OnlyHaveUniqueItems();
        var correlationId = await client.SendRequestAsync(JsonSerializer.SerializeToNode(new { type = "RESUME", rooms = new[] { new { roomId = "r1", afterSeq = 1_000_000 } }, limit = 5 })!.AsObject());
        (await client.ReplyAsync(correlationId)).Type().Should().Be("RESYNC_START");
        await client.TakeAllAsync();
    }

    private static List<LogEntry> Lines(TestServer server) => [.. server.Log.Entries.Where(entry => OfTheOutage.Contains(entry.EventId))];
}
