using Dapper;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Faults;

/// <summary>Somebody ends the sessions of the server's own user, again and again, while it works: between two statements, and between a commit and its answer.</summary>
[Category("Postgres")]
internal sealed class LostSessionTests : EndToEndTest
{
    private const string EndSessions =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'RoomWs%'";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(15);

    /// <summary>So many times in a row sessions may be ended without a batch between them: a machine that is slower than the pace must get on, too.</summary>
    private const int MaxWithoutBatch = 3;

    [Test]
    public async Task Each_change_is_made_once_and_answered_and_told_whenever_its_session_ends()
    {
        Server.ExpectsFaults = true;
        const int Rooms = 8;
        var changes = TestScale.Rounds(shortRun: 60, longRun: 2_000);
        var (senders, listeners) = (new List<TestClient>(), new List<TestClient>());
        for (var room = 0; room < Rooms; room++)
        {
            senders.Add(await ConnectAsync($"sender{room}"));
            listeners.Add(await ConnectAsync($"listener{room}"));
            await senders[room].RequestAsync(new { type = "ROOM_CREATE", roomId = $"room{room}", name = "x", memberIds = new[] { $"listener{room}" } });
            await listeners[room].ExpectAsync("ROOM_MEMBERS_UPDATED");
        }

        using var done = new CancellationTokenSource();
        var ended = EndSessionsAsync(done.Token);
        var sent = Enumerable.Range(0, Rooms).Select(room => SendAsync(senders[room], room, changes)).ToList();
        var heard = listeners.Select(listener => HearAsync(listener, changes)).ToList();
        await Task.WhenAll(sent);
        var told = await Task.WhenAll(heard);
        await done.CancelAsync();

        (await ended).Should().BeGreaterThan(Rooms);
        foreach (var seqs in told) seqs.Should().Equal(Enumerable.Range(1, changes).Select(seq => (long)seq));
        using var database = Server.Database.Open();
        (await database.QueryAsync<long>("SELECT count(*) FROM messages GROUP BY room_number")).Should().Equal(Enumerable.Repeat((long)changes, Rooms));
        (await database.ExecuteScalarAsync<long>("SELECT count(*) FROM feed")).Should().Be(await database.ExecuteScalarAsync<long>("SELECT position FROM head"), "positions have no gap");
    }

    /// <summary>Sends messages one after the other, each with a name by which the server would know it if it were sent twice.</summary>
    private static async Task SendAsync(TestClient sender, int room, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            var reply = await sender.RequestAsync(new { type = "ROOM_MESSAGE", roomId = $"room{room}", content = "x", clientMessageId = $"m{i}" });
            reply.Text("type").Should().Be("ROOM_MESSAGE_RESPONSE", "of {0}", reply.GetRawText());
            reply.Number("seq").Should().Be(i);
            reply.GetProperty("duplicate").GetBoolean().Should().BeFalse();
        }
    }

    private static async Task<List<long>> HearAsync(TestClient listener, int count)
    {
        var seqs = new List<long>();
        while (seqs.Count < count) seqs.Add((await listener.ExpectAsync("ROOM_MESSAGE")).Number("seq"));
        return seqs;
    }

    /// <summary>Returns how many sessions it has ended.</summary>
    private async Task<long> EndSessionsAsync(CancellationToken done)
    {
        using var database = Server.Database.Open();
        using var pace = new PeriodicTimer(Pace);
        var (ended, position, inARow) = (0L, 0L, 0);
        while (!done.IsCancellationRequested)
        {
            var present = await database.ExecuteScalarAsync<long>("SELECT position FROM head");
            inARow = present == position ? inARow + 1 : 0;
            position = present;
            if (inARow < MaxWithoutBatch) ended += await database.ExecuteScalarAsync<long>(EndSessions);
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }

        return ended;
    }
}
