using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

/// <summary>ROOM_JOIN_APPROVE, ROOM_JOIN_DENY and ROOM_JOIN_CANCEL.</summary>
[CommandSample("""{"type":"ROOM_JOIN_APPROVE","roomId":"$room","userId":"$user"}""")]
[CommandSample("""{"type":"ROOM_JOIN_DENY","roomId":"$room","userId":"$user"}""")]
internal sealed class DecideRequestTests : EndToEndTest
{
    private static readonly object Cancel = new { type = "ROOM_JOIN_CANCEL", roomId = "r1" };

    private TestClient _owner = null!;
    private TestClient _admin = null!;
    private TestClient _adminElsewhere = null!;
    private TestClient _member = null!;
    private TestClient _bob = null!;
    private TestClient _bobElsewhere = null!;
    private TestClient _outsider = null!;

    private TestClient[] Everyone => [_owner, _admin, _adminElsewhere, _member, _bob, _bobElsewhere, _outsider];

    [SetUp]
    public async Task AskAsync()
    {
        _owner = await ConnectAsync("owner");
        await _owner.CreateRoomAsync("r1", "APPROVAL", members: ["member"], admins: ["admin"]);
        _admin = await ConnectAsync("admin");
        _adminElsewhere = await ConnectAsync("admin");
        _member = await ConnectAsync("member");
        _bob = await TestClient.ConnectAsync(Server, "bob", "Bob B.");
        _bobElsewhere = await TestClient.ConnectAsync(Server, "bob", "Bob B.");
        _outsider = await ConnectAsync("mallory");
        await _bob.AskAsync("r1");
        await MembershipSteps.SettleAsync(Everyone);
    }

    [TestCase("owner")]
    [TestCase("admin")]
    public async Task An_approved_requester_is_told_first_and_then_hears_what_every_member_hears(string decider)
    {
        var reply = await Socket(decider).ApproveAsync("r1", "bob");

        reply.Roster().Should().Be("owner=OWNER member=MEMBER admin=ADMIN bob=MEMBER");
        reply.Version().Should().Be(3);
        foreach (var socket in new[] { _bob, _bobElsewhere })
        {
            var approved = await socket.ExpectAsync("ROOM_JOIN_APPROVED");
            approved.Text("roomId").Should().Be("r1");
            approved.Room().Roster().Should().Be(reply.Roster());
            approved.Room().Version().Should().Be(3);
        }

        foreach (var told in Everyone.Except([Socket(decider), _outsider]))
        {
            var joined = await told.ExpectAsync("ROOM_MEMBER_JOINED");
            joined.Text("roomId").Should().Be("r1");
            joined.Text("userId").Should().Be("bob");
            joined.Text("username").Should().Be("Bob B.");
            joined.Text("role").Should().Be("MEMBER");
            joined.Number("joinedAt").Should().Be(reply.Number("updatedAt"));
            (await told.ExpectAsync("ROOM_MEMBERS_UPDATED")).Body().Should().Be(reply.Body());
        }

        await RoomSteps.ExpectNothingAsync(Everyone);
        (await _owner.RequestersAsync("r1")).Should().BeEmpty();
        (await _bob.RoomAsync("r1")).Version().Should().Be(3);
    }

    [Test]
    public async Task A_requester_who_is_offline_is_a_member_when_it_comes_back()
    {
        await _bob.CloseAsync();
        await _bobElsewhere.CloseAsync();

        await _owner.ApproveAsync("r1", "bob");

        var joined = await _member.ExpectAsync("ROOM_MEMBER_JOINED");
        joined.Text("username").Should().Be("Bob B.");
        (await (await ConnectAsync("bob")).RoomAsync("r1")).Roster().Should().EndWith("bob=MEMBER");
    }

    [TestCase("owner")]
    [TestCase("admin")]
    public async Task A_denial_is_told_to_the_requester_and_to_owner_and_admins_alone(string decider)
    {
        var reply = await Socket(decider).SucceedAsync("ROOM_JOIN_DENIED", new { type = "ROOM_JOIN_DENY", roomId = "r1", userId = "bob" });

        reply.Text("roomId").Should().Be("r1");
        reply.Text("userId").Should().Be("bob");
        foreach (var told in Everyone.Except([Socket(decider), _member, _outsider]))
        {
            (await told.ExpectAsync("ROOM_JOIN_DENIED")).Body().Should().Be(reply.Body());
        }

        await RoomSteps.ExpectNothingAsync(Everyone);
        (await _owner.RequestersAsync("r1")).Should().BeEmpty();
        (await _owner.RoomAsync("r1")).Version().Should().Be(2);
        await _bob.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_INFO", roomId = "r1" });
    }

    [Test]
    public async Task A_cancelled_request_is_taken_back_from_whoever_was_told_of_it()
    {
        var reply = await _bob.SucceedAsync("ROOM_JOIN_CANCELLED", Cancel);

        reply.Text("roomId").Should().Be("r1");
        reply.Text("userId").Should().Be("bob");
        foreach (var told in new[] { _owner, _admin, _adminElsewhere, _bobElsewhere }) (await told.ExpectAsync("ROOM_JOIN_CANCELLED")).Body().Should().Be(reply.Body());
        await RoomSteps.ExpectNothingAsync(Everyone);
        (await _owner.RequestersAsync("r1")).Should().BeEmpty();
        (await _owner.RoomAsync("r1")).Version().Should().Be(2);
    }

    [TestCase("approve")]
    [TestCase("deny")]
    [TestCase("cancel")]
    public async Task A_request_that_has_ended_is_not_found_by_anyone(string end)
    {
        if (end == "cancel") await _bob.SucceedAsync("ROOM_JOIN_CANCELLED", Cancel);
        else await _owner.RequestAsync(Decide(end));
        await MembershipSteps.SettleAsync(Everyone);

        foreach (var late in new[] { "approve", "deny" }) await _admin.BeRefusedAsync("NOT_FOUND", Decide(late));
        await _bob.BeRefusedAsync("NOT_FOUND", Cancel);

        await RoomSteps.ExpectNothingAsync(Everyone);
    }

    [TestCase("deny")]
    [TestCase("cancel")]
    public async Task Who_was_denied_or_took_it_back_may_ask_again_with_a_new_request(string end)
    {
        var first = await _bob.AskAsync("r1");
        if (end == "cancel") await _bob.SucceedAsync("ROOM_JOIN_CANCELLED", Cancel);
        else await _owner.RequestAsync(Decide(end));
        await MembershipSteps.SettleAsync(Everyone);

        var second = await _bob.AskAsync("r1");

        second.Should().NotBe(first);
        (await _admin.ExpectAsync("ROOM_JOIN_REQUESTED")).Text("requestId").Should().Be(second);
    }

    [TestCase("approve")]
    [TestCase("deny")]
    public async Task Members_outsiders_and_the_requester_decide_nothing(string decision)
    {
        foreach (var client in new[] { _member, _bob, _outsider })
        {
            await client.BeRefusedAsync("FORBIDDEN", Decide(decision));
            await client.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_JOIN_REQUESTS", roomId = "r1" });
        }

        await RoomSteps.ExpectNothingAsync(Everyone);
        (await _owner.RequestersAsync("r1")).Should().Equal("bob");
    }

    [Test]
    public async Task A_request_that_there_is_not_and_a_room_that_there_is_not_are_not_found()
    {
        foreach (var type in new[] { "ROOM_JOIN_APPROVE", "ROOM_JOIN_DENY" })
        {
            foreach (var userId in new[] { "nobody", "member", "owner" }) await _owner.BeRefusedAsync("NOT_FOUND", new { type, roomId = "r1", userId });
            await _owner.BeRefusedAsync("NOT_FOUND", new { type, roomId = "r2", userId = "bob" });
            (await _owner.BeRefusedAsync("VALIDATION_ERROR", new { type, roomId = "r1" })).Message().Should().Contain("userId");
            (await _owner.BeRefusedAsync("VALIDATION_ERROR", new { type, roomId = "r 1", userId = "bob" })).Message().Should().Contain("roomId");
        }

        await _owner.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_JOIN_REQUESTS", roomId = "r2" });
        await _bob.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_JOIN_CANCEL", roomId = "r2" });
        await _outsider.BeRefusedAsync("NOT_FOUND", Cancel);
        await _member.BeRefusedAsync("NOT_FOUND", Cancel);

        await RoomSteps.ExpectNothingAsync(Everyone);
    }

    private static object Decide(string decision) => new { type = decision == "approve" ? "ROOM_JOIN_APPROVE" : "ROOM_JOIN_DENY", roomId = "r1", userId = "bob" };

    private TestClient Socket(string user) => user == "owner" ? _owner : _admin;
}
