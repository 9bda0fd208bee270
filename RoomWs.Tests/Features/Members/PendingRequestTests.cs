using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

/// <summary>Who is told of requests that waited before it could decide them, and how they end without a decision.</summary>
internal sealed class PendingRequestTests : EndToEndTest
{
    private readonly ManualTimeProvider _time = new();

    private TestClient _owner = null!;
    private TestClient _bob = null!;

    protected override TimeProvider Time => _time;

    [SetUp]
    public async Task CreateRoomAsync()
    {
        _owner = await ConnectAsync("owner");
        _bob = await ConnectAsync("bob");
        await _owner.CreateRoomAsync("r1", "APPROVAL", members: ["member"], admins: ["admin"]);
    }

    [TestCase("owner")]
    [TestCase("admin")]
    public async Task Who_can_decide_is_told_on_coming_online_and_again_after_its_first_hello(string decider)
    {
        await _owner.CreateRoomAsync("r2", "APPROVAL", members: ["admin"]);
        var carol = await ConnectAsync("carol");
        string[] asked = [await AskAsync(_bob, "r1"), await AskAsync(carol, "r1"), await AskAsync(_bob, "r2")];
        var expected = decider == "owner" ? asked : asked[..2];
        await carol.BeHeardEverywhereAsync();

        var client = await ConnectAsync(decider);
        foreach (var requestId in expected) (await client.ExpectAsync("ROOM_JOIN_REQUESTED")).Text("requestId").Should().Be(requestId);
        await client.ExpectNothingAsync();

        await client.SendAsync(new { type = "HELLO", version = 1 });
        await client.ExpectAsync("HELLO_ACK");
        foreach (var requestId in expected) (await client.ExpectAsync("ROOM_JOIN_REQUESTED")).Text("requestId").Should().Be(requestId);
        await client.ExpectNothingAsync();

        await client.SendAsync(new { type = "HELLO", version = 1, userId = decider });
        await client.ExpectAsync("HELLO_ACK");
        await client.ExpectNothingAsync();
    }

    [Test]
    public async Task An_identity_that_comes_with_hello_is_told_behind_the_ack()
    {
        await _bob.AskAsync("r1");
        var client = await TestClient.OpenAsync(Server);
        await client.ExpectNothingAsync();

        await client.SendAsync(new { type = "HELLO", version = 1, userId = "admin" });

        await client.HearAsync("HELLO_ACK", "ROOM_JOIN_REQUESTED");
        await client.ExpectNothingAsync();
    }

    [TestCase("member")]
    [TestCase("bob")]
    [TestCase("mallory")]
    public async Task Who_cannot_decide_is_told_nothing_on_coming_online(string user)
    {
        await _bob.AskAsync("r1");

        var client = await ConnectAsync(user);
        await client.ExpectNothingAsync();
        await client.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1 });
        await client.ExpectNothingAsync();
    }

    [Test]
    public async Task Decided_requests_are_not_told_of_any_more()
    {
        foreach (var (user, end) in new[] { ("u1", "ROOM_JOIN_APPROVE"), ("u2", "ROOM_JOIN_DENY"), ("u3", "ROOM_JOIN_CANCEL") })
        {
            var client = await ConnectAsync(user);
            await client.AskAsync("r1");
            (await (end == "ROOM_JOIN_CANCEL" ? client : _owner).RequestAsync(new { type = end, roomId = "r1", userId = user })).Code().Should().BeNull();
        }

        await (await ConnectAsync("admin")).ExpectNothingAsync();
    }

    [TestCase("ADMIN")]
    [TestCase("OWNER")]
    public async Task A_new_admin_or_owner_is_told_behind_the_change_of_its_role(string role)
    {
        var member = await ConnectAsync("member");
        var memberElsewhere = await ConnectAsync("member");
        var other = await ConnectAsync("admin");
        string[] asked = [await AskAsync(_bob, "r1"), await AskAsync(await ConnectAsync("carol"), "r1")];
        await MembershipSteps.SettleAsync(_owner, other, member, memberElsewhere);

        await _owner.SetRoleAsync("r1", "member", role);

        foreach (var socket in new[] { member, memberElsewhere })
        {
            await socket.ExpectAsync("ROOM_MEMBERS_UPDATED");
            foreach (var requestId in asked) (await socket.ExpectAsync("ROOM_JOIN_REQUESTED")).Text("requestId").Should().Be(requestId);
        }

        await other.ExpectAsync("ROOM_MEMBERS_UPDATED");
        await RoomSteps.ExpectNothingAsync(_owner, other, member, memberElsewhere);
    }

    [Test]
    public async Task Who_takes_over_from_a_leaving_owner_is_told()
    {
        await _owner.SetRoleAsync("r1", "admin", "MEMBER");
        var heir = await ConnectAsync("member");
        var requestId = await _bob.AskAsync("r1");
        await heir.ExpectNothingAsync();

        await _owner.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });

        (await heir.HearAsync("ROOM_MEMBER_LEFT", "ROOM_MEMBERS_UPDATED", "ROOM_JOIN_REQUESTED")).Text("requestId").Should().Be(requestId);
        await heir.ExpectNothingAsync();
        await heir.ApproveAsync("r1", "bob");
    }

    [Test]
    public async Task Who_is_no_admin_any_more_is_told_of_no_new_request()
    {
        var admin = await ConnectAsync("admin");
        await _owner.SetRoleAsync("r1", "admin", "MEMBER");
        await admin.ExpectAsync("ROOM_MEMBERS_UPDATED");

        await _bob.AskAsync("r1");

        await admin.ExpectNothingAsync();
    }

    [TestCase("added")]
    [TestCase("by code")]
    [TestCase("accepted")]
    [TestCase("opened")]
    public async Task A_request_ends_when_its_user_becomes_a_member_in_another_way(string way)
    {
        await _bob.AskAsync("r1");
        switch (way)
        {
            case "added":
                await _owner.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { "bob" } });
                break;
            case "opened":
                await _owner.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { joinPolicy = "OPEN" } });
                await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1" });
                break;
            case "accepted":
                await _bob.AcceptAsync(await _owner.CodeAsync("r1"));
                break;
            default:
                await _bob.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1", code = await _owner.CodeAsync("r1") });
                break;
        }

        (await _owner.RequestersAsync("r1")).Should().BeEmpty();
        await _owner.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_JOIN_APPROVE", roomId = "r1", userId = "bob" });
        await _bob.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_JOIN_CANCEL", roomId = "r1" });
        await _bob.SucceedAsync("ROOM_LEAVE_RESPONSE", new { type = "ROOM_LEAVE", roomId = "r1" });
        (await _owner.RequestersAsync("r1")).Should().BeEmpty("an old request does not come back with the next departure");
    }

    [TestCase("ROOM_DELETE")]
    [TestCase("ROOM_LEAVE")]
    public async Task Requests_end_with_their_room_and_the_requester_is_told(string end)
    {
        await _owner.CreateRoomAsync("r2", "APPROVAL");
        var bobElsewhere = await ConnectAsync("bob");
        await _bob.AskAsync("r2");
        await MembershipSteps.SettleAsync(_owner, _bob);

        (await _owner.RequestAsync(new { type = end, roomId = "r2" })).Code().Should().BeNull();

        foreach (var socket in new[] { _bob, bobElsewhere }) (await socket.ExpectAsync("ROOM_DELETED")).Text("roomId").Should().Be("r2");
        await RoomSteps.ExpectNothingAsync(_owner, _bob, bobElsewhere);
        await _bob.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_JOIN_CANCEL", roomId = "r2" });
        await _owner.CreateRoomAsync("r2", "APPROVAL");
        (await _owner.RequestersAsync("r2")).Should().BeEmpty();
    }

    [Test]
    public async Task A_full_room_keeps_the_request_until_there_is_a_place()
    {
        await LimitAsync(limits => limits.MembersPerRoom = 3);
        (_owner, _bob) = (await ConnectAsync("owner"), await ConnectAsync("bob"));
        await _bob.AskAsync("r1");
        await MembershipSteps.SettleAsync(_owner, _bob);

        await _owner.BeRefusedAsync("JOIN_FAILED", new { type = "ROOM_JOIN_APPROVE", roomId = "r1", userId = "bob" });

        await RoomSteps.ExpectNothingAsync(_owner, _bob);
        (await _owner.RequestersAsync("r1")).Should().Equal("bob");
        await _owner.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = "member" });
        await _owner.ApproveAsync("r1", "bob");
    }

    /// <summary>Asks at a time of its own: requests of one millisecond have no order.</summary>
    private Task<string> AskAsync(TestClient client, string roomId)
    {
        _time.UtcNow += TimeSpan.FromMilliseconds(1);
        return client.AskAsync(roomId);
    }
}
