using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Live;

/// <summary>Fifty people move at once as fast as they can.</summary>
internal sealed class CursorLoadTests : EndToEndTest
{
    private const int Users = 50;
    private const int Moves = 200;

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    [Test]
    public async Task Every_socket_sees_the_last_position_of_all_others_in_at_most_one_frame_a_tick()
    {
        var names = Enumerable.Range(0, Users).Select(i => $"user{i}").ToArray();
        var clients = await Task.WhenAll(names.Select(ConnectAsync));
        await clients[0].CreateRoomAsync("r1", members: names[1..]);
        await Task.WhenAll(clients.Select(client => client.EnterAsync("r1")));
        foreach (var client in clients)
        {
            while (client.Received.Count > 0) await client.NextAsync();
        }

        // Time goes on, tick by tick, for as long as somebody moves: by itself, and not by what the test has seen arrive.
        var moving = Task.WhenAll(clients.Select(MoveAsync));
        var ticks = 0;
        do
        {
            _time.Advance(LiveSteps.Tick);
            ticks++;
            await Task.Yield();
        }
        while (!moving.IsCompleted);
        await moving;
        await Task.WhenAll(clients.Select(client => client.SettleAsync()));
        await Server.SettleAsync();
        _time.Advance(LiveSteps.Tick);
        ticks++;
        await Task.WhenAll(clients.Select(client => client.SettleAsync()));

        for (var i = 0; i < Users; i++)
        {
            var frames = clients[i].Received.ToList();
            frames.Should().OnlyContain(frame => frame.Type() == "ROOM_CURSORS");
            frames.Count.Should().BeInRange(1, ticks);
            var seen = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var cursor in frames.SelectMany(frame => frame.GetProperty("cursors").EnumerateArray()))
            {
                var x = cursor.GetProperty("x").GetDouble();
                if (seen.TryGetValue(cursor.Text("userId"), out var before)) x.Should().BeGreaterThan(before.GetProperty("x").GetDouble(), "no cursor is told twice or goes back");
                seen[cursor.Text("userId")] = cursor;
            }

            seen.Keys.Should().BeEquivalentTo(names.Where(name => name != names[i]));
            seen.Values.Should().OnlyContain(cursor => cursor.GetProperty("x").GetDouble() == Moves && cursor.GetProperty("y").GetDouble() == -Moves);
        }
    }

    [Test]
    public async Task A_tick_is_one_frame_whoever_moves_how_often_in_it()
    {
        const int users = 5;
        const int ticks = 20;
        var names = Enumerable.Range(0, users).Select(i => $"user{i}").ToArray();
        var clients = await Task.WhenAll(names.Select(ConnectAsync));
        await clients[0].CreateRoomAsync("r1", members: names[1..]);
        foreach (var client in clients)
        {
            await client.EnterAsync("r1");
            while (client.Received.Count > 0) await client.NextAsync();
        }

        for (var tick = 1; tick <= ticks; tick++)
        {
            foreach (var client in clients[1..])
            {
                for (var i = 0; i < 10; i++) await client.SendAsync(new { type = "ROOM_CURSOR", roomId = "r1", x = tick, y = i });
                await client.SettleAsync();
            }

            await Server.SettleAsync();
            _time.Advance(LiveSteps.Tick);
        }

        foreach (var client in clients)
        {
            await client.SettleAsync();
            client.Received.Should().HaveCount(ticks);
            client.Received.Select(frame => frame.Positions().Length).Should().OnlyContain(count => count == (client == clients[0] ? users - 1 : users - 2));
        }
    }

    private static async Task MoveAsync(TestClient client)
    {
        for (var i = 1; i <= Moves; i++) await client.SendAsync(new { type = "ROOM_CURSOR", roomId = "r1", x = i, y = -i });
    }
}
