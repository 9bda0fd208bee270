using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Invites;

/// <summary>Used and expired invites can be looked up for 30 days, and then go by themselves.</summary>
internal sealed class InviteSweepTests : EndToEndTest
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly ManualTimeProvider _time = new();

    private TestClient _owner = null!;

    protected override TimeProvider Time => _time;

    [Test]
    public async Task An_invite_goes_30_days_after_its_use_or_its_end_and_younger_ones_stay()
    {
        _owner = await ConnectAsync("owner");
        await _owner.CreateRoomAsync("r1", "INVITE");
        // Each is a day younger than the one before it; the first shows that a look has happened.
        var first = await UsedAsync("u1", 86_400);
        _time.UtcNow += TimeSpan.FromDays(1);
        var used = await UsedAsync("u2", 2_592_000);
        _time.UtcNow += TimeSpan.FromMilliseconds(1);
        var expired = (await _owner.InviteAsync("r1", 60)).Text("inviteId");
        var endOfUsed = _time.UtcNow + Kept;
        _time.UtcNow += TimeSpan.FromDays(1);
        var youngerUsed = await UsedAsync("u3", 86_400);
        _time.UtcNow += TimeSpan.FromMilliseconds(1);
        var stillGood = await _owner.InviteAsync("r1", 2_592_000);

        _time.UtcNow = endOfUsed - TimeSpan.FromHours(1);
        await LookAsync();
        await UntilListIsAsync(used, expired, youngerUsed, stillGood.Text("inviteId"));

        _time.UtcNow = endOfUsed - TimeSpan.FromMinutes(5);
        await LookAsync();
        await UntilListIsAsync(youngerUsed, stillGood.Text("inviteId"));

        first.Should().NotBe(used);
        await (await ConnectAsync("u4")).AcceptAsync(stillGood.Text("code"));
    }

    [Test]
    public async Task A_swept_code_is_unknown()
    {
        _owner = await ConnectAsync("owner");
        await _owner.CreateRoomAsync("r1", "INVITE");
        var code = await _owner.CodeAsync("r1", 60);
        var bob = await ConnectAsync("bob");
        var accept = new { type = "ROOM_INVITE_ACCEPT", code };
        _time.UtcNow += TimeSpan.FromDays(29);
        await bob.BeToldAsync("CONFLICT", "Invitation expired", accept);

        _time.UtcNow += TimeSpan.FromDays(2);
        await LookAsync();
        await UntilListIsAsync();

        await bob.BeToldAsync("NOT_FOUND", "Invitation not found", accept);
    }

    private async Task<string> UsedAsync(string user, int expiresInSeconds)
    {
        var invite = await _owner.InviteAsync("r1", expiresInSeconds);
        await (await ConnectAsync(user)).AcceptAsync(invite.Text("code"));
        return invite.Text("inviteId");
    }

    /// <summary>Lets pass the ten minutes after which the server looks at old records again.</summary>
    private async Task LookAsync()
    {
        for (var minute = 0; minute < 11; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await _owner.TakeAllAsync();
        }
    }

    private async Task UntilListIsAsync(params string[] inviteIds)
    {
        using var patience = new CancellationTokenSource(Deadline.Span);
        string[] listed;
        do listed = [.. (await _owner.InvitesAsync("r1")).Select(invite => invite.Text("inviteId"))];
        while (!listed.SequenceEqual(inviteIds, StringComparer.Ordinal) && !patience.IsCancellationRequested);

        listed.Should().Equal(inviteIds);
    }
}
