using Dapper;
using FluentAssertions;
using Npgsql;
using NUnit.Framework;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Tests.Storage.Postgres;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>Many users come to three nodes and go again, some on several at once, while sessions are lost or not. All are told the same, in turns.</summary>
[Category("Postgres")]
[FileOnly("Its nodes have a PostgreSQL database of their own, and each is started by itself.")]
internal sealed class SharedPresenceHammerTests
{
    private const int Users = 12;

    private static readonly string[] Names = ["a", "b", "c"];
    private static readonly string[] UserIds = [.. Enumerable.Range(0, Users).Select(i => $"u{i:00}")];

    [TestCase(false)]
    [TestCase(true)]
    public async Task Every_witness_is_told_each_coming_and_going_in_turns_and_shown_the_same_in_the_end(bool losesSessions)
    {
        TestContext.Out.WriteLine($"TEST_SEED={TestScale.Seed}");
        using var database = new EmptyDatabase();
        await using var nodes = new TestNodes(database.ConnectionString);
        await nodes.StartAsync(Names);
        var witnesses = new List<TestClient>();
        foreach (var name in Names)
        {
            nodes[name].ExpectsFaults = losesSessions;
            witnesses.Add(await nodes.ConnectAsync(name, $"w{name}"));
        }

        await witnesses[0].CreateRoomAsync("r", members: [.. UserIds, .. Names.Select(name => $"w{name}"), "mark"]);
        using var done = new CancellationTokenSource();
        var losing = losesSessions ? LoseSessionsAsync(database, done.Token) : Task.FromResult(0L);
        var seeds = new Random(TestScale.Seed);
        var stays = await Task.WhenAll(UserIds.Select(userId => ComeAndGoAsync(nodes, userId, new Random(seeds.Next()))));
        await done.CancelAsync();
        TestContext.Out.WriteLine($"{await losing} sessions were lost");

        // All are away, or there to stay; the grace of those who went is over when their rows are gone.
        string[] online = [.. UserIds.Where((_, i) => stays[i] is not null)];
        await Deadline.UntilAsync(() => nodes.Read("SELECT DISTINCT user_id FROM presence WHERE user_id LIKE 'u%' ORDER BY 1").SequenceEqual(online), "those are there who stay");
        var heard = new List<List<string>>();
        using (await nodes.ConnectAsync("b", "mark"))
        {
            foreach (var witness in witnesses) heard.Add(await TestNodes.HeardUntilAsync(witness, "mark ONLINE"));
        }

        foreach (var userId in UserIds)
        {
            foreach (var told in heard.Select(events => events.Where(one => one.StartsWith(userId, StringComparison.Ordinal)).ToArray()))
            {
                told.Should().Equal(Enumerable.Range(0, told.Length).Select(i => $"{userId} {(i % 2 == 0 ? "ONLINE" : "OFFLINE")}"));
                (told.Length % 2 == 1).Should().Be(online.Contains(userId), "that is what {0} heard of {1} in the end", told, userId);
            }
        }

        foreach (var (i, witness) in witnesses.Index())
            (await TestNodes.OnlineAsync(witness, $"w{Names[i]}")).Where(userId => userId.StartsWith('u')).Should().Equal(online);
        heard[0].Count.Should().BeGreaterThanOrEqualTo(Users);
    }

    /// <summary>Comes to a node or two and goes, again and again, now within the grace and now not. Stays in the end, or not.</summary>
    private static async Task<TestClient?> ComeAndGoAsync(TestNodes nodes, string userId, Random random)
    {
        for (var round = TestScale.Rounds(shortRun: 4, longRun: 60); round > 0; round--)
        {
            var clients = new List<TestClient>();
            for (var i = random.Next(2); i >= 0; i--) clients.Add(await nodes.ConnectAsync(Names[random.Next(Names.Length)], userId));
            await Task.WhenAll(clients.Select(client => random.Next(2) == 0 ? client.CloseAsync() : AbortAsync(client)));
            if (random.Next(2) == 0) await Deadline.UntilAsync(() => nodes.Read($"SELECT 'x' FROM presence WHERE user_id = '{userId}'").Length == 0, $"{userId} is gone");
        }

        return random.Next(2) == 0 ? await nodes.ConnectAsync(Names[random.Next(Names.Length)], userId) : null;
    }

    private static Task AbortAsync(TestClient client)
    {
        client.Socket.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Ends the sessions that write who is online, wherever they are, and gives how many.</summary>
    private static async Task<long> LoseSessionsAsync(EmptyDatabase database, CancellationToken done)
    {
        const string OfPresence =
            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND (classid::bigint << 32) | objid::bigint = ANY (@keys)";
        var keys = Names.Select(AdvisoryKey.Presence).ToArray();
        using var session = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await session.OpenAsync(CancellationToken.None);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var lost = 0L;
        while (!done.IsCancellationRequested)
        {
            lost += await session.ExecuteScalarAsync<long>(OfPresence, new { keys });
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }

        return lost;
    }
}
