using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Invites;

/// <summary>Used and expired invites can be looked up for a day, and then leave the list and, with the next look of the server, the file.</summary>
internal sealed class InviteSweepTests : EndToEndTest
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private readonly ManualTimeProvider _time = new();

    private TestClient _owner = null!;

    protected override TimeProvider Time => _time;

    [Test]
    public async Task An_invite_leaves_the_list_a_day_after_its_use_or_its_end_and_not_a_moment_before()
    {
        _owner = await ConnectAsync("owner");
        await _owner.CreateRoomAsync("r1", "INVITE");
        var used = await UsedAsync("u1", 2_592_000);
        _time.UtcNow += TimeSpan.FromMilliseconds(1);
        var expired = (await _owner.InviteAsync("r1", 60)).Text("inviteId");
        _time.UtcNow += TimeSpan.FromHours(1);
        var youngerUsed = await UsedAsync("u2", 60);
        _time.UtcNow += TimeSpan.FromMilliseconds(1);
        var stillGood = await _owner.InviteAsync("r1", 2_592_000);

        _time.UtcNow += Kept - TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(3);
        (await ListAsync()).Should().Equal(used, expired, youngerUsed, stillGood.Text("inviteId"));
        _time.UtcNow += TimeSpan.FromMilliseconds(1);
        (await ListAsync()).Should().Equal(expired, youngerUsed, stillGood.Text("inviteId"));
        _time.UtcNow += TimeSpan.FromSeconds(60) + TimeSpan.FromMilliseconds(1);
        (await ListAsync()).Should().Equal(youngerUsed, stillGood.Text("inviteId"));

        await (await ConnectAsync("u3")).AcceptAsync(stillGood.Text("code"));
    }

    [Test]
    public async Task What_has_left_the_list_goes_from_the_file_and_its_code_is_unknown()
    {
        _owner = await ConnectAsync("owner");
        await _owner.CreateRoomAsync("r1", "INVITE");
        var code = await _owner.CodeAsync("r1", 60);
        var used = await UsedAsync("u1", 2_592_000);
        var bob = await ConnectAsync("bob");
        var accept = new { type = "ROOM_INVITE_ACCEPT", code };
        _time.UtcNow += TimeSpan.FromHours(23);
        await bob.BeToldAsync("CONFLICT", "Invitation expired", accept);
        (await ListAsync()).Should().HaveCount(2).And.Contain(used);

        _time.UtcNow += TimeSpan.FromHours(2);
        await LookAsync();
        await UntilFileHoldsAsync(0);

        await bob.BeToldAsync("NOT_FOUND", "Invitation not found", accept);
    }

    [Test]
    public async Task Many_old_ones_go_in_several_steps()
    {
        _owner = await ConnectAsync("owner");
        await _owner.CreateRoomAsync("r1", "INVITE");
        var ended = _time.UtcNow.ToUnixTimeMilliseconds() - (long)TimeSpan.FromDays(30).TotalMilliseconds;
        await Server.RestartAsync(options =>
        {
            using var database = Server.Database.Open();
            foreach (var use in new[] { "NULL", $"{ended}" })
                database.Run($"INSERT INTO invites (id, room_number, code_hash, created_by, created_at, expires_at, used_at) SELECT 'invite_' || '{(use == "NULL" ? "a" : "b")}' || value, number, {Server.Database.Bytes($"'{(use == "NULL" ? "a" : "b")}' || value")}, 'owner', 0, {ended}, {use} FROM {SqlRows.Numbers(2_500)} AS numbers CROSS JOIN rooms WHERE id = 'r1'");
        });
        _owner = await ConnectAsync("owner");

        await LookAsync();

        await UntilFileHoldsAsync(0);
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

    private async Task<IEnumerable<string>> ListAsync() => (await _owner.InvitesAsync("r1")).Select(invite => invite.Text("inviteId"));

    private async Task UntilFileHoldsAsync(long count)
    {
        using var patience = new CancellationTokenSource(Deadline.Span);
        using var database = Server.Database.Open();
        long held;
        do
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await _owner.TakeAllAsync();
            held = database.Rows("SELECT COUNT(*) FROM invites", row => row.GetInt64(0)).Single();
        }
        while (held != count && !patience.IsCancellationRequested);

        held.Should().Be(count);
    }
}
