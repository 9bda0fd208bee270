using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hammers;

/// <summary>
/// While messages flow, users sign in and vanish, join and leave, are added and removed, and a room is deleted and made again under its id. A socket gets each
/// message of a room that is said while its user is a member, once and in order, and none else.
/// </summary>
internal sealed class ComingAndGoingTests : EndToEndTest
{
    private const int Users = 10;
    private const int OtherRooms = 300;
    private const long End = long.MaxValue;

    private static readonly string[] UserIds = [.. Enumerable.Range(0, Users).Select(i => $"u{i}")];
    private static readonly string[] RoomIds = ["open", "remade"];

    private readonly Dictionary<string, WitnessedRoom> _rooms = RoomIds.ToDictionary(roomId => roomId, _ => new WitnessedRoom(), StringComparer.Ordinal);
    private readonly Dictionary<string, long[]> _said = RoomIds.ToDictionary(roomId => roomId, _ => new long[2], StringComparer.Ordinal);

    /// <summary>One socket's time: whose it was, what it got of each room, what was said when it came, and what was told when it was asked last.</summary>
    private sealed record Stay(string UserId, ILookup<string, long> Heard, long[] SaidBefore, long[] ToldBefore);

    [Test]
    public async Task Each_socket_gets_what_is_said_while_its_user_is_a_member_once_and_nothing_else()
    {
        var witness = await Server.ConnectWithDeltasAsync("witness");
        var (speaker, remaker, ruler) = (await ConnectAsync("owner"), await ConnectAsync("remaker"), await ConnectAsync("owner"));
        await ruler.CreateRoomAsync("open", members: ["witness"]);
        // The more rooms a user has, the longer they are read when it comes, and the more happens meanwhile.
        for (var i = 0; i < OtherRooms; i++) await speaker.SendAsync(new { type = "ROOM_CREATE", roomId = $"other{i}", memberIds = UserIds });
        using var stop = new CancellationTokenSource();
        var seeds = new Random(TestScale.Seed);
        TestContext.Out.WriteLine($"TEST_SEED={TestScale.Seed}");

        var witnessing = WitnessAsync(witness);
        var others = Task.WhenAll(
            SpeakAsync(speaker, stop.Token),
            RuleAsync(ruler, new Random(seeds.Next()), stop.Token),
            RemakeAsync(remaker, new Random(seeds.Next()), stop.Token));
        // Every other user has two sockets at times, each of which comes and goes by itself.
        var stays = await Task.WhenAll(UserIds.Concat(UserIds.Where((_, i) => i % 2 == 0)).Select(userId => ComeAndGoAsync(userId, new Random(seeds.Next()))));
        await stop.CancelAsync();
        await others;
        await witnessing.OrFailAsync("the witness");

        foreach (var stay in stays.SelectMany(one => one))
        {
            foreach (var (i, roomId) in RoomIds.Index()) _rooms[roomId].Check(stay.UserId, [.. stay.Heard[roomId]], stay.SaidBefore[i], stay.ToldBefore[i]);
        }

        _rooms["remade"].Endings.Should().BePositive();
        stays.Should().Contain(one => one.Any(stay => stay.Heard["open"].Any()) && one.Any(stay => stay.Heard["remade"].Any()));
    }

    private async Task<List<Stay>> ComeAndGoAsync(string userId, Random random)
    {
        var stays = new List<Stay>();
        for (var round = 0; round < TestScale.Rounds(12, 200); round++)
        {
            var client = await ConnectAsync(userId);
            var said = Counted(0);
            for (var step = random.Next(6); step > 0; step--)
            {
                await client.RequestAsync(random.Next(3) switch
                {
                    0 => new { type = "ROOM_JOIN", roomId = "open" },
                    1 => new { type = "ROOM_LEAVE", roomId = "open" },
                    _ => new { type = "PING", roomId = "" },
                });
            }

            var told = Counted(1);
            var heard = (await client.TakeAllAsync()).Where(frame => frame.Type() == "ROOM_MESSAGE").ToLookup(frame => frame.Text("roomId"), WitnessedRoom.Number);
            stays.Add(new Stay(userId, heard, said, told));
            if (random.Next(2) == 0) await client.CloseAsync();
            else client.Dispose();
        }

        return stays;
    }

    /// <summary>Says numbers in the open room, a few ahead of the replies.</summary>
    private async Task SpeakAsync(TestClient owner, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested) await SayAsync(owner, "open", 4);
        await owner.SayAsync("open", $"{End}");
    }

    /// <summary>Adds and removes users at random, many ahead of the replies, so that at any moment somebody is.</summary>
    private static async Task RuleAsync(TestClient owner, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var last = "";
            for (var i = 0; i < 2 * Users; i++)
            {
                var userId = UserIds[random.Next(Users)];
                last = await owner.SendRequestAsync(random.Next(2) == 0
                    ? new { type = "ROOM_ADD_MEMBERS", roomId = "open", userIds = (string[])[userId], userId }
                    : new { type = "ROOM_REMOVE_MEMBER", roomId = "open", userIds = (string[])[], userId });
            }

            await owner.ReplyAsync(last);
        }
    }

    private async Task RemakeAsync(TestClient owner, Random random, CancellationToken stop)
    {
        while (true)
        {
            await owner.CreateRoomAsync("remade", members: ["witness", .. UserIds.Where(_ => random.Next(2) == 0)]);
            if (stop.IsCancellationRequested) break;
            for (var i = random.Next(4); i > 0; i--) await SayAsync(owner, "remade", 3);
            await owner.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "remade" });
        }

        await owner.SayAsync("remade", $"{End}");
    }

    private async Task SayAsync(TestClient owner, string roomId, int count)
    {
        var replies = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var number = Interlocked.Increment(ref _said[roomId][0]);
            replies.Add(await owner.SendRequestAsync(new { type = "ROOM_MESSAGE", roomId, content = $"{number}" }));
        }

        foreach (var reply in replies) (await owner.ReplyAsync(reply)).Type().Should().Be("ROOM_MESSAGE_RESPONSE");
        Volatile.Write(ref _said[roomId][1], _said[roomId][0]);
    }

    private long[] Counted(int which) => [.. RoomIds.Select(roomId => Volatile.Read(ref _said[roomId][which]))];

    private async Task WitnessAsync(TestClient witness)
    {
        while (_rooms.Values.Any(room => room.Last != End))
        {
            var frame = await witness.NextAsync();
            _rooms[frame.Text("roomId")].Take(frame);
        }
    }
}
