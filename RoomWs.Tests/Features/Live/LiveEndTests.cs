using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Live;

/// <summary>Being in a room ends with the membership and with the room, at once and for every socket.</summary>
internal sealed class LiveEndTests : LiveTest
{
    [TestCase("leave")]
    [TestCase("removal")]
    public async Task The_end_of_a_membership_takes_the_sockets_of_its_user_out_with_cursor_and_typing(string how)
    {
        var bobElsewhere = await ConnectElsewhereAsync("bob");
        await EnterAllAsync();
        await bobElsewhere.EnterAsync("r1");
        await Bob.MoveAsync("r1", 1, 1);
        await bobElsewhere.TypeAsync("r1");
        Tick();
        await Carol.ExpectCursorsOrTypingAsync(2);

        await EndMembershipAsync(how);

        await Carol.ExpectTypingAsync("r1", "bob", typing: false);
        await Carol.ExpectAsync("ROOM_MEMBER_LEFT");
        await Carol.ExpectAsync("ROOM_MEMBERS_UPDATED");
        Tick();
        await Carol.ExpectCursorsAsync("r1", [], "bob");

        foreach (var client in new[] { Bob, bobElsewhere })
        {
            await client.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_CURSOR", roomId = "r1", x = 1, y = 1 });
            await client.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_TYPING", roomId = "r1", typing = true });
        }

        await DropAsync(Bob, bobElsewhere);
        await Alice.TypeAsync("r1");
        await Alice.MoveAsync("r1", 2, 2);
        Tick();
        await RoomSteps.ExpectNothingAsync(Bob, bobElsewhere);
    }

    [TestCase("leave")]
    [TestCase("removal")]
    public async Task Who_comes_back_as_a_member_has_to_enter_anew(string how)
    {
        await EnterAllAsync();
        await EndMembershipAsync(how);
        await Bob.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1" });

        await Bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_CURSOR", roomId = "r1", x = 1, y = 1 });
        await DropAsync(Bob, Carol);
        await Alice.TypeAsync("r1");
        await Bob.ExpectNothingAsync();
        await Bob.EnterAsync("r1");
        await Bob.MoveAsync("r1", 1, 1);
        Tick();

        await Carol.ExpectTypingAsync("r1", "alice", typing: true);
        await Carol.ExpectCursorsAsync("r1", ["bob 1,1"]);
    }

    [Test]
    public async Task The_end_of_a_room_is_the_end_of_all_in_it_and_one_of_the_same_id_begins_empty()
    {
        await EnterAllAsync();
        await Bob.MoveAsync("r1", 1, 1);
        await Bob.TypeAsync("r1");

        await Alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "r1" });

        await Bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_CURSOR", roomId = "r1", x = 1, y = 1 });
        await Alice.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_TYPING", roomId = "r1", typing = true });
        await Alice.CreateRoomAsync("r1", members: ["bob", "carol"]);
        await Bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_CURSOR", roomId = "r1", x = 1, y = 1 });
        await DropAsync(Alice, Bob, Carol);
        Tick();
        Clock.Advance(TimeSpan.FromSeconds(5));
        await RoomSteps.ExpectNothingAsync(Alice, Bob, Carol);

        var state = await Alice.EnterAsync("r1");
        state.Positions().Should().BeEmpty();
        state.GetProperty("typing").GetArrayLength().Should().Be(0);
        await Alice.TypeAsync("r1");
        await Bob.ExpectNothingAsync();
    }

    [Test]
    public async Task The_end_of_a_connection_without_a_word_is_an_end_too()
    {
        await EnterAllAsync();
        await Bob.MoveAsync("r1", 1, 1);
        await Bob.TypeAsync("r1");
        Tick();
        await Carol.ExpectCursorsOrTypingAsync(2);

        Bob.Socket.Abort();

        await Carol.ExpectTypingAsync("r1", "bob", typing: false);
        // The cursor goes under the same gate as the typing, and so does the look at it.
        (await Alice.EnterAsync("r1")).Positions().Should().BeEmpty();
        Tick();
        await Carol.ExpectCursorsAsync("r1", [], "bob");
    }

    private async Task EndMembershipAsync(string how)
    {
        if (how == "leave") await Bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });
        else await Alice.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "bob" });
    }

    private static async Task DropAsync(params TestClient[] clients)
    {
        foreach (var client in clients)
        {
            await client.SettleAsync();
            while (client.Received.Count > 0) await client.NextAsync();
        }
    }
}

/// <summary>What a test of an end has to get out of the way first.</summary>
file static class LiveEndSteps
{
    /// <summary>The next so many frames are ROOM_CURSORS and ROOM_TYPING.</summary>
    public static async Task ExpectCursorsOrTypingAsync(this TestClient client, int count)
    {
        for (var i = 0; i < count; i++) (await client.NextAsync()).Type().Should().BeOneOf("ROOM_CURSORS", "ROOM_TYPING");
    }
}
