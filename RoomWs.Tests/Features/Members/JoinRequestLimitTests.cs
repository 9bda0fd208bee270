using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

/// <summary>JoinRequestsPerRoom: how many may wait for a decision.</summary>
internal sealed class JoinRequestLimitTests : EndToEndTest
{
    private static readonly object Join = new { type = "ROOM_JOIN", roomId = "r1" };

    protected override void Configure(RoomWsOptions options) => options.Limits.JoinRequestsPerRoom = 2;

    [TestCase("ROOM_JOIN_APPROVE")]
    [TestCase("ROOM_JOIN_DENY")]
    [TestCase("ROOM_JOIN_CANCEL")]
    public async Task One_past_the_limit_is_a_conflict_that_nobody_is_told_until_one_of_the_others_has_ended(string end)
    {
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1", "APPROVAL");
        var (ann, ben, late) = (await ConnectAsync("ann"), await ConnectAsync("ben"), await ConnectAsync("late"));
        var first = await ann.AskAsync("r1");
        await ben.AskAsync("r1");
        await MembershipSteps.SettleAsync([owner]);

        var error = await late.BeRefusedAsync("CONFLICT", Join);
        error.Text("reason").Should().Be("TOO_MANY_JOIN_REQUESTS");
        error.Message().Should().Contain("JoinRequestsPerRoom").And.Contain("2");
        (await ann.AskAsync("r1")).Should().Be(first, "who is among them only asks again");
        await owner.ExpectNothingAsync();

        if (end == "ROOM_JOIN_CANCEL") await ann.SucceedAsync("ROOM_JOIN_CANCELLED", new { type = end, roomId = "r1" });
        else (await owner.RequestAsync(new { type = end, roomId = "r1", userId = "ann" })).Code().Should().BeNull();

        await late.AskAsync("r1");
        await (await ConnectAsync("later")).BeRefusedAsync("CONFLICT", Join);
    }

    [Test]
    public async Task Each_room_has_its_own()
    {
        var owner = await ConnectAsync("owner");
        foreach (var room in (string[])["r1", "r2"])
        {
            await owner.CreateRoomAsync(room, "APPROVAL");
            foreach (var user in (string[])["ann", "ben"]) await (await ConnectAsync(user)).AskAsync(room);
        }
    }

    [Test]
    public async Task Zero_is_no_limit()
    {
        await LimitAsync(limits => limits.JoinRequestsPerRoom = 0);
        await (await ConnectAsync("owner")).CreateRoomAsync("r1", "APPROVAL");

        for (var i = 0; i < 5; i++) await (await ConnectAsync($"u{i}")).AskAsync("r1");
    }
}
