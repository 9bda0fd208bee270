using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

/// <summary>What many do at once, on sockets of their own: whoever is first wins, once, and everyone agrees who that was.</summary>
internal sealed class MembershipRaceTests : EndToEndTest
{
    private const int Rounds = 25;

    [Test]
    public async Task Of_many_who_accept_one_code_one_comes_in()
    {
        const int users = 32;
        var owner = await ConnectAsync("owner");
        var clients = await Task.WhenAll(Enumerable.Range(0, users).Select(i => ConnectAsync($"u{i}")));
        for (var round = 0; round < Rounds; round++)
        {
            var roomId = $"r{round}";
            await owner.CreateRoomAsync(roomId, "INVITE");
            var code = await owner.CodeAsync(roomId);

            var replies = await AtOnceAsync([.. clients.Select((client, i) => (client, Use(i, roomId, code)))]);

            var winner = "u" + Array.FindIndex(replies, reply => reply.Type() == "ROOM_JOIN_RESPONSE");
            var losers = replies.Where(reply => reply.Type() != "ROOM_JOIN_RESPONSE").ToList();
            losers.Should().HaveCount(users - 1).And.OnlyContain(reply => reply.Code() == "CONFLICT" && reply.Message() == "Invitation already used");
            (await owner.InvitesAsync(roomId)).Should().ContainSingle().Which.Text("usedBy").Should().Be(winner);
            var room = await owner.RoomAsync(roomId);
            room.Roster().Should().Be($"owner=OWNER {winner}=MEMBER");
            room.Version().Should().Be(2);
        }

        // Both ways to use a code race for the same invite.
        static object Use(int i, string roomId, string code) => i % 2 == 0
            ? new { type = "ROOM_INVITE_ACCEPT", code }
            : new { type = "ROOM_JOIN", roomId, code };
    }

    [Test]
    public async Task Of_two_admins_who_approve_one_request_one_wins()
    {
        var (first, second, bob) = (await ConnectAsync("owner"), await ConnectAsync("admin"), await ConnectAsync("bob"));
        for (var round = 0; round < Rounds; round++)
        {
            var roomId = $"r{round}";
            await first.CreateRoomAsync(roomId, "APPROVAL", admins: ["admin"]);
            await bob.AskAsync(roomId);
            await MembershipSteps.SettleAsync(first, second, bob);
            var approve = new { type = "ROOM_JOIN_APPROVE", roomId, userId = "bob" };

            var replies = await AtOnceAsync((first, approve), (second, approve));

            replies.Select(reply => reply.Code() ?? reply.Type()).Should().BeEquivalentTo("ROOM_MEMBERS_UPDATED", "NOT_FOUND");
            await bob.HearAsync("ROOM_JOIN_APPROVED", "ROOM_MEMBER_JOINED", "ROOM_MEMBERS_UPDATED");
            await bob.ExpectNothingAsync();
            (await bob.RoomAsync(roomId)).Version().Should().Be(3);
        }
    }

    [TestCase("ROOM_JOIN_APPROVE", "ROOM_MEMBERS_UPDATED", "ROOM_JOIN_CANCEL", "ROOM_JOIN_CANCELLED")]
    [TestCase("ROOM_JOIN_DENY", "ROOM_JOIN_DENIED", "ROOM_JOIN_CANCEL", "ROOM_JOIN_CANCELLED")]
    public async Task Of_a_decision_and_a_cancel_at_once_exactly_one_happens(string decide, string decided, string cancel, string cancelled)
    {
        var (owner, bob) = (await ConnectAsync("owner"), await ConnectAsync("bob"));
        for (var round = 0; round < Rounds; round++)
        {
            var roomId = $"r{round}";
            await owner.CreateRoomAsync(roomId, "APPROVAL");
            await bob.AskAsync(roomId);

            var replies = await AtOnceAsync((owner, new { type = decide, roomId, userId = "bob" }), (bob, new { type = cancel, roomId }));

            var outcome = string.Join(' ', replies.Select(reply => reply.Code() ?? reply.Type()));
            outcome.Should().BeOneOf($"{decided} NOT_FOUND", $"NOT_FOUND {cancelled}");
            var isIn = decide == "ROOM_JOIN_APPROVE" && outcome.StartsWith(decided, StringComparison.Ordinal);
            (await owner.RoomAsync(roomId)).Roster().Should().Be(isIn ? "owner=OWNER bob=MEMBER" : "owner=OWNER");
            (await owner.RequestersAsync(roomId)).Should().BeEmpty();
            await MembershipSteps.SettleAsync(owner, bob);
        }
    }

    [Test]
    public async Task Of_a_decision_and_a_way_around_it_at_once_the_user_comes_in_once()
    {
        var (owner, admin, bob) = (await ConnectAsync("owner"), await ConnectAsync("admin"), await ConnectAsync("bob"));
        for (var round = 0; round < Rounds; round++)
        {
            var roomId = $"r{round}";
            await owner.CreateRoomAsync(roomId, "APPROVAL", admins: ["admin"]);
            await bob.AskAsync(roomId);
            var code = await owner.CodeAsync(roomId);

            var replies = await AtOnceAsync(
                (owner, new { type = "ROOM_JOIN_APPROVE", roomId, userId = "bob" }),
                (admin, new { type = "ROOM_ADD_MEMBERS", roomId, userIds = new[] { "bob" } }),
                (bob, new { type = "ROOM_INVITE_ACCEPT", code }));

            var room = await bob.RoomAsync(roomId);
            room.Roster().Should().Be("owner=OWNER admin=ADMIN bob=MEMBER");
            room.Version().Should().Be(3);
            replies[1].Type().Should().Be("ROOM_MEMBERS_UPDATED");
            (await owner.InvitesAsync(roomId))[0].IsNull("usedAt").Should().Be(replies[2].Code() == "CONFLICT");
            await MembershipSteps.SettleAsync(owner, admin, bob);
        }
    }

    [Test]
    public async Task Who_comes_online_while_a_request_comes_and_goes_ends_up_knowing_what_waits()
    {
        var (owner, bob, carol) = (await ConnectAsync("owner"), await ConnectAsync("bob"), await ConnectAsync("carol"));
        await owner.CreateRoomAsync("r1", "APPROVAL", admins: ["admin"]);
        for (var round = 0; round < Rounds; round++)
        {
            await bob.AskAsync("r1");
            var cancelling = bob.RequestAsync(new { type = "ROOM_JOIN_CANCEL", roomId = "r1" });
            var asking = carol.AskAsync("r1");
            var admin = await ConnectAsync("admin");
            await Task.WhenAll(cancelling, asking);
            await admin.BeHeardEverywhereAsync();

            // What one is told of and what has ended, as a client would keep it.
            var waiting = new HashSet<string>(StringComparer.Ordinal);
            foreach (var frame in await admin.TakeAllAsync())
            {
                if (frame.Type() == "ROOM_JOIN_REQUESTED") waiting.Add(frame.Text("userId"));
                else waiting.Remove(frame.Text("userId"));
            }

            waiting.Should().Equal("carol");
            await admin.SucceedAsync("ROOM_JOIN_DENIED", new { type = "ROOM_JOIN_DENY", roomId = "r1", userId = "carol" });
            await admin.CloseAsync();
            await MembershipSteps.SettleAsync(owner, bob, carol);
        }
    }

    [Test]
    public async Task A_transfer_to_one_who_leaves_never_costs_the_room_its_owner()
    {
        var (owner, heir, member) = (await ConnectAsync("owner"), await ConnectAsync("heir"), await ConnectAsync("member"));
        for (var round = 0; round < Rounds; round++)
        {
            var roomId = $"r{round}";
            await owner.CreateRoomAsync(roomId, members: ["member", "heir"]);

            var replies = await AtOnceAsync(
                (owner, new { type = "ROOM_SET_ROLE", roomId, userId = "heir", role = "OWNER" }),
                (heir, new { type = "ROOM_LEAVE", roomId }));

            replies[1].Type().Should().Be("ROOM_LEAVE_RESPONSE");
            (replies[0].Code() ?? replies[0].Type()).Should().BeOneOf("ROOM_MEMBERS_UPDATED", "NOT_FOUND");
            // After the transfer the heir left as OWNER, and the longest-standing member took over: who that is, is the old owner.
            var room = await member.RoomAsync(roomId);
            room.Roster().Should().Be("owner=OWNER member=MEMBER");
            room.Version().Should().Be(replies[0].Code() is null ? 3 : 2);
            await MembershipSteps.SettleAsync(owner, heir, member);
        }
    }

    [Test]
    public async Task When_all_transfer_and_leave_at_once_there_is_always_one_owner_or_no_room()
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => ConnectAsync($"u{i}")));
        for (var round = 0; round < Rounds; round++)
        {
            var roomId = $"r{round}";
            await clients[0].CreateRoomAsync(roomId, members: ["u1", "u2", "u3"]);
            var leavers = round % 4;

            await AtOnceAsync([.. clients.Select((client, i) => (client, i >= 4 - leavers
                ? (object)new { type = "ROOM_LEAVE", roomId }
                : new { type = "ROOM_SET_ROLE", roomId, userId = $"u{(i + 1) % 4}", role = "OWNER" }))]);

            var room = await clients[0].RoomAsync(roomId);
            room.Texts("members").Should().HaveCount(4 - leavers);
            room.Roster().Split("=OWNER").Should().HaveCount(2, "of {0} one is the OWNER", room.Roster());
            await MembershipSteps.SettleAsync(clients);
        }
    }

    [Test]
    public async Task When_the_last_two_leave_at_once_the_room_ends_once()
    {
        var (alice, bob, carol) = (await ConnectAsync("alice"), await ConnectAsync("bob"), await ConnectAsync("carol"));
        var (aliceElsewhere, bobElsewhere) = (await ConnectAsync("alice"), await ConnectAsync("bob"));
        for (var round = 0; round < Rounds; round++)
        {
            var roomId = $"r{round}";
            await alice.CreateRoomAsync(roomId, "APPROVAL", members: ["bob"]);
            await carol.AskAsync(roomId);
            await MembershipSteps.SettleAsync(alice, aliceElsewhere, bob, bobElsewhere, carol);
            var leave = new { type = "ROOM_LEAVE", roomId };

            var replies = await AtOnceAsync((alice, leave), (bob, leave));

            replies.Should().OnlyContain(reply => reply.Type() == "ROOM_LEAVE_RESPONSE");
            foreach (var client in new[] { alice, bob }) await client.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", roomId });
            var told = new List<JsonElement>();
            foreach (var client in new[] { alice, bob, aliceElsewhere, bobElsewhere }) told.AddRange(await client.TakeAllAsync());
            told.Count(frame => frame.Type() == "ROOM_DELETED").Should().Be(1, "the last one's other socket is told, and nobody else: the first was no member any more");
            told.Count(frame => frame.Type() == "ROOM_MEMBER_LEFT").Should().Be(2, "the last one's sockets saw the first go");
            (await carol.TakeAllAsync()).Select(frame => frame.Type()).Should().Equal("ROOM_DELETED");
        }
    }

    /// <summary>All requests are on their way before the first reply is read.</summary>
    private static async Task<JsonElement[]> AtOnceAsync(params (TestClient Client, object Request)[] requests)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var replies = requests.Select(async request =>
        {
            await start.Task;
            return await request.Client.RequestAsync(request.Request);
        }).ToList();
        start.SetResult();
        return await Task.WhenAll(replies);
    }
}
