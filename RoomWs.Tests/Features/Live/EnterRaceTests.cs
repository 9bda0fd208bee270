using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Live;

/// <summary>ROOM_ENTER beside changes of the same moment.</summary>
internal sealed class EnterRaceTests : EndToEndTest
{
    private readonly ManualTimeProvider _clock = new();

    protected override TimeProvider Time => _clock;

    [Test]
    public async Task What_was_said_before_the_state_is_in_it()
    {
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await alice.CreateRoomAsync("r1", members: ["bob"]);

        for (var round = 0; round < TestScale.Rounds(shortRun: 50, longRun: 2_000); round++)
        {
            await Task.WhenAll(SayAsync(alice), EnterAgainAndAgainAsync(bob));
            await alice.TakeAllAsync();

            var lastHeard = 0L;
            foreach (var frame in await bob.TakeAllAsync())
            {
                if (frame.Type() == "ROOM_MESSAGE") lastHeard = frame.Number("seq");
                if (frame.Type() != "ROOM_STATE") continue;
                var shown = frame.Seqs("recentMessages");
                (shown.Length == 0 ? 0 : shown[^1]).Should().BeGreaterThanOrEqualTo(lastHeard, "a client shows what is in the state, and not what it heard before");
            }
        }
    }

    [Test]
    [OneNode]
    public async Task Who_enters_while_its_removal_and_return_are_told_has_entered()
    {
        var (alice, bob) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        await alice.CreateRoomAsync("r1", members: ["bob"]);

        for (var round = 0; round < TestScale.Rounds(shortRun: 50, longRun: 2_000); round++)
        {
            // Nobody has asked for the room in a while, so it is read from the database when somebody does.
            await bob.ExitAsync("r1");
            await MembershipSteps.SettleAsync(alice, bob);
            await Deadline.UntilAsync(
                () =>
                {
                    _clock.Advance(TimeSpan.FromSeconds(20));
                    return Server.Core.Rooms.Peek("r1") is null;
                },
                "the room is dropped");

            await Task.WhenAll(RemoveAndAddAsync(alice, round), EnterAgainAndAgainAsync(bob));
            await alice.TakeAllAsync();
            var isIn = IsIn(await bob.TakeAllAsync());
            var refusal = await TypeAsync(bob);
            (refusal is null).Should().Be(isIn, "round {0}", round);
        }
    }

    private static async Task SayAsync(TestClient client)
    {
        await Task.Yield();
        for (var i = 0; i < 10; i++) await client.SendRequestAsync(new { type = "ROOM_MESSAGE", roomId = "r1", content = "hello" });
    }

    private static async Task EnterAgainAndAgainAsync(TestClient client)
    {
        await Task.Yield();
        for (var i = 0; i < 10; i++) await client.SendRequestAsync(new { type = "ROOM_ENTER", roomId = "r1" });
    }

    private static async Task RemoveAndAddAsync(TestClient owner, int round)
    {
        await Task.Yield();
        for (var i = 0; i < round % 3; i++) await Task.Yield();
        await owner.SendRequestAsync(new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "bob" });
        await owner.SendRequestAsync(new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" } });
    }

    /// <summary>Whether the socket has entered, as its client knows: by the version of the last state, and of the last end of its membership.</summary>
    private static bool IsIn(List<JsonElement> frames)
    {
        long? entered = null, ended = null;
        foreach (var frame in frames)
        {
            if (frame.Type() == "ROOM_STATE") entered = frame.Room().Version();
            if (frame.Type() == "ROOM_MEMBERS_UPDATED" && !frame.Texts("members").Contains("bob")) ended = frame.Version();
        }

        return entered is not null && (ended is null || entered > ended);
    }

    private static async Task<string?> TypeAsync(TestClient client)
    {
        await client.SendRequestAsync(new { type = "ROOM_TYPING", roomId = "r1", typing = true });
        return (await client.TakeAllAsync()).Select(frame => frame.Code()).FirstOrDefault(code => code is not null);
    }
}
