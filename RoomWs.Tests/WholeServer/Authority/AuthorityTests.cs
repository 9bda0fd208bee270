using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Authority;

/// <summary>
/// What a user may do in a room ends at once: nothing of it succeeds, and nothing of the room is heard, behind the message that says so,
/// on none of the user's sockets, however much is on its way both ways.
/// </summary>
internal sealed class AuthorityTests : EndToEndTest
{
    private const string Victim = AuthorityRace.VictimId;

    private static readonly int Rounds = TestScale.Rounds(shortRun: 30, longRun: 2_000);

    private bool _staysMember;
    private bool _roomLivesOn;

    protected override void Configure(RoomWsOptions options) => options.Limits.PresenceMembers = 0;

    [SetUp]
    public void ExpectTheEndOfAMembership() => (_staysMember, _roomLivesOn) = (false, true);

    [Test]
    public Task Who_is_removed_is_out() => RaceAsync(race => (race.Owner, new { type = "ROOM_REMOVE_MEMBER", roomId = race.RoomId, userId = Victim }));

    [Test]
    public Task Who_leaves_on_one_socket_is_out_on_all() => RaceAsync(race => (race.Victims[0], new { type = "ROOM_LEAVE", roomId = race.RoomId }));

    [Test]
    public Task When_the_room_is_deleted_everybody_is_out()
    {
        _roomLivesOn = false;
        return RaceAsync(race => (race.Owner, new { type = "ROOM_DELETE", roomId = race.RoomId }));
    }

    [Test]
    public Task Who_is_demoted_does_no_more_than_a_member_may()
    {
        _staysMember = true;
        return RaceAsync(race => (race.Owner, new { type = "ROOM_SET_ROLE", roomId = race.RoomId, userId = Victim, role = "MEMBER" }));
    }

    private async Task RaceAsync(Func<AuthorityRace, (RaceSocket Ender, object Request)> end)
    {
        var random = new Random(TestScale.Seed);
        var (owner, mate) = (await ConnectAsync("owner"), await ConnectAsync("mate"));
        TestClient[] victims = [await ConnectAsync(Victim), await ConnectAsync(Victim), await ConnectAsync(Victim)];
        var refused = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var where = $"this is round {round} of seed {TestScale.Seed}";
            var race = new AuthorityRace($"r{round}", owner, mate, victims, random);
            var (ender, request) = end(race);
            await race.PrepareAsync(ender, request);
            // Somebody comes online meanwhile, which is told to the room as well.
            var guest = ConnectAsync("guest");
            await race.RunAsync();
            await race.HearAsync(_roomLivesOn);

            foreach (var socket in race.Victims) refused += CheckVictim(socket, race.RoomId, where);
            foreach (var socket in (RaceSocket[])[race.Owner, race.Mate]) CheckOther(socket, where);
            await (await guest).CloseAsync();
            if (_roomLivesOn) await owner.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = race.RoomId });
            await MembershipSteps.SettleAsync([owner, mate, .. victims]);
        }

        refused.Should().BeGreaterThan(Rounds, "it is no race where nothing comes too late");
    }

    /// <summary>Checks what came behind the end; gives how much was refused there.</summary>
    private int CheckVictim(RaceSocket socket, string roomId, string where)
    {
        var end = FindEnd(socket, where);
        var after = socket.Heard[(end + 1)..];
        foreach (var frame in after)
        {
            var request = socket.RequestOf(frame);
            // A RESUME is answered whoever asks; it only must show nothing of the room.
            var isAllowed = request is null or "RESUME"
                ? _staysMember || !frame.GetRawText().Contains($"\"{roomId}\"", StringComparison.Ordinal)
                : frame.Code() is "FORBIDDEN" or "NOT_FOUND" || (_staysMember && !AuthorityRace.IsForAdmins(request));
            isAllowed.Should().BeTrue("{0}, to {1}, came behind {2}; {3}", frame, request, socket.Heard[end], where);
        }

        if (socket.Heard[end].Has("version"))
        {
            var version = socket.Heard[end].Version();
            socket.Heard[..end].Where(frame => frame.Type() == "ROOM_UPDATED").Should().NotContain(frame => frame.Version() >= version, where);
        }

        return after.Count(frame => frame.Code() is not null);
    }

    /// <summary>Others hear nothing that the victim has done behind the end of it.</summary>
    private void CheckOther(RaceSocket socket, string where)
    {
        var end = FindEnd(socket, where);
        foreach (var frame in socket.Heard[(end + 1)..])
        {
            // Nobody but the victim changes the name.
            (frame.Type() == "ROOM_UPDATED" || (!_staysMember && IsDoingOfVictim(frame))).Should().BeFalse("{0} came behind {1}; {2}", frame, socket.Heard[end], where);
        }
    }

    private int FindEnd(RaceSocket socket, string where)
    {
        var end = socket.Heard.FindIndex(frame => socket.IsEnd(frame) || TellsOfTheEnd(frame));
        end.Should().BeGreaterThanOrEqualTo(0, where);
        socket.Heard[end].Code().Should().BeNull("{0}; {1}", socket.Heard[end], where);
        return end;
    }

    private bool TellsOfTheEnd(JsonElement frame)
    {
        if (frame.Type() == "ROOM_DELETED") return true;
        if (frame.Type() != "ROOM_MEMBERS_UPDATED") return false;
        var isMember = frame.GetProperty("roles").TryGetProperty(Victim, out var role);
        return _staysMember ? role.GetString() == "MEMBER" : !isMember;
    }

    private static bool IsDoingOfVictim(JsonElement frame) => frame.Type() switch
    {
        "ROOM_MESSAGE" => frame.Text("senderId") == Victim,
        "ROOM_BOARD_UPDATED" => frame.Text("userId") == Victim,
        "ROOM_TYPING" => frame.Text("userId") == Victim && frame.GetProperty("typing").GetBoolean(),
        "ROOM_CURSORS" => frame.GetProperty("cursors").EnumerateArray().Any(cursor => cursor.Text("userId") == Victim),
        _ => false,
    };
}
