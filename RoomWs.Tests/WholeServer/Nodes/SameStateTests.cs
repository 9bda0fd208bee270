using System.Globalization;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;
using RoomWs.Tests.WholeServer.Crashes;
using RoomWs.Tests.WholeServer.Model;
using WireFrames = RoomWs.Tests.Documentation.Frames;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>The same commands, one after the other, are answered the same way and leave the same rows in a SQLite file and in PostgreSQL.</summary>
[Category("Postgres")]
[FileOnly("It has one server on a file, and one on PostgreSQL.")]
internal sealed class SameStateTests
{
    private const int Pairs = 4;

    private static readonly string[] Users = ["ann", "ben", "cat", "dan"];

    [Test]
    public async Task The_same_commands_have_the_same_answers_and_leave_the_same_rows()
    {
        await using var database = await PostgresDatabase.MakeAsync();
        var (onFile, fileRows) = await RunAsync(useOther: null);
        var (onPostgres, postgresRows) = await RunAsync(database);

        foreach (var (one, other) in onFile.Zip(onPostgres)) other.Should().Be(one, "with seed {0}", TestScale.Seed);
        postgresRows.Keys.Should().Contain(["rooms", "members", "messages", "audit", "idempotency", "boards", "board_updates", "invites", "join_requests", "join_denials", "users"]);
        foreach (var (table, rows) in postgresRows) rows.Should().Equal(fileRows[table], "of {0} with seed {1}", table, TestScale.Seed);
    }

    private static async Task<(List<string> Answers, Dictionary<string, List<string>> Rows)> RunAsync(PostgresDatabase? useOther)
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(options => useOther?.Use(options), time);
        var answers = new List<string>();
        var clients = new Dictionary<string, TestClient>(StringComparer.Ordinal);
        var random = new Random(TestScale.Seed);
        var pairs = Enumerable.Range(1, Pairs).Select(number => (Steps: new PairSteps($"p{number}", new Random(TestScale.Seed + number)), State: new PairState())).ToArray();
        await AskAsync("host", new { type = "ROOM_CREATE", roomId = PairSteps.Shared });
        await AskAsync("host", new { type = "ROOM_BOARD_CREATE", roomId = PairSteps.Shared, boardId = PairSteps.Shared });
        for (var step = 0; step < TestScale.Rounds(shortRun: 1_000, longRun: 20_000); step++)
        {
            // Half of them are to succeed, and half are taken blindly.
            if (random.Next(2) == 0) await GoOnAsync(random.Next(Pairs));
            else await TryAsync(Blind());
        }

        return (answers, new StoredTables(useOther ?? server.Database, useOther is not null).Rows());

        async Task GoOnAsync(int number)
        {
            var (steps, before) = pairs[number];
            var step = steps.Next(before);
            var reply = await AskAsync(step.User, step.Request, $"{before.Done + 1}");
            reply.Code().Should().BeNull("{0} asked for {1}", step.User, JsonSerializer.Serialize(step.Request));
            pairs[number].State = step.Learn(step.After, reply) with { Done = before.Done + 1 };
        }

        Task TryAsync(Step step) => AskAsync(step.Caller, step.ToRequest("none", "none"));

        Step Blind() => new((StepKind)random.Next(Enum.GetValues<StepKind>().Length), Users[random.Next(Users.Length)], $"r{random.Next(2)}", Users[random.Next(Users.Length)], random.Next(4));

        async Task<JsonElement> AskAsync(string user, object request, string? key = null)
        {
            if (!clients.TryGetValue(user, out var client)) clients.Add(user, client = await TestClient.ConnectAsync(server, user));
            time.UtcNow += TimeSpan.FromMilliseconds(1);
            var message = JsonSerializer.SerializeToNode(request)!.AsObject();
            if (key is not null) message["idempotencyKey"] = key;
            var reply = await client.RequestAsync(message);
            answers.Add(string.Create(CultureInfo.InvariantCulture, $"{answers.Count}. {user} {WireFrames.Comparable(message.ToJsonString())}: {WireFrames.Comparable(reply.GetRawText())}"));
            return reply;
        }
    }
}
