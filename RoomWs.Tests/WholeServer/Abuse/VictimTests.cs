using System.Text.Json.Nodes;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Abuse;

/// <summary>Nobody can use up what another has, or shut it out, whatever it sends.</summary>
internal sealed class VictimTests : EndToEndTest
{
    private const int Rooms = 4;

    private static readonly string[] Roles = ["OWNER", "ADMIN", "MEMBER"];
    private static readonly string[] Policies = ["OPEN", "APPROVAL", "INVITE"];

    private int _scenes;
    private int _refused;
    private int _sent;

    /// <summary>So small that a few requests would use them up. The rates are for what the victim does; what the other does has to be much.</summary>
    protected override void Configure(RoomWsOptions options) => options.Limits = new LimitOptions
    {
        RoomsPerUser = 6,
        AddedRoomsPerUser = 3,
        ConnectionsPerUser = 3,
        InvitesPerRoom = 3,
        MembershipActionsPerMinute = 8,
        RequestBurst = 1_000,
        UserRequestsPerSecond = 1_000,
    };

    [Test]
    public void Whoever_is_named_in_any_requests_of_another_has_all_of_its_own_limits_left()
    {
        var step =
            from command in Gen.Choose(0, ServerCommands.All.Count - 1)
            from room in Gen.Choose(0, Rooms - 1)
            from choice in Gen.Choose(0, 2)
            select (Command: command, Room: room, Choice: choice);
        // Some of them often, for what adds up is done by the same request again and again.
        var cases =
            from steps in step.ListOf()
            from again in Gen.Choose(1, 4)
            select Enumerable.Repeat(steps, again).SelectMany(all => all).ToArray();

        Prop.ForAll(Arb.From(cases, Shorter), steps => PlayAsync(steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Rounds(shortRun: 40, longRun: 2_000)).WithEndSize(40));

        TestContext.Progress.WriteLine($"Victims: {_scenes} scenes, {_sent} requests, {_refused} of them refused");
        _refused.Should().BeLessThan(_sent, "what is refused harms nobody");
    }

    private static IEnumerable<(int, int, int)[]> Shorter((int, int, int)[] steps) => Enumerable.Range(0, steps.Length).Select(i => ((int, int, int)[])[.. steps[..i], .. steps[(i + 1)..]]);

    private async Task PlayAsync((int Command, int Room, int Choice)[] steps)
    {
        var scene = ++_scenes;
        var (victim, meeting) = ($"victim{scene}", $"meeting{scene}");
        using var landlord = await ConnectAsync($"landlord{scene}");
        await landlord.CreateRoomAsync(meeting);
        using var other = await ConnectAsync($"other{scene}");
        // The victim is with the other already, as far as it will let itself be put anywhere.
        for (var room = 0; room < Rooms - 1; room++) await other.CreateRoomAsync($"r{scene}-{room}", members: [victim]);
        foreach (var (command, room, choice) in steps) await SendAsync(other, Request(ServerCommands.All[command].Type, victim, $"r{scene}-{room}", choice));

        await CheckAsync(victim, meeting, scene);
        for (var room = 0; room < Rooms; room++) await other.RequestAsync(new { type = "ROOM_DELETE", roomId = $"r{scene}-{room}" });
    }

    /// <summary>It signs in as often as it may, makes as many rooms as it may but for one, and joins that.</summary>
    private async Task CheckAsync(string victim, string meeting, int scene)
    {
        var limits = Server.Options.Limits;
        var sockets = new List<TestClient>();
        for (var i = 0; i < limits.ConnectionsPerUser; i++)
        {
            sockets.Add(await ConnectAsync(victim));
            await sockets[^1].SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1 });
        }

        for (var i = 1; i < limits.RoomsPerUser; i++) await sockets[0].SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = $"own{scene}-{i}" });
        await sockets[1].SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = meeting });
        for (var i = 1; i < limits.MembershipActionsPerMinute; i++) await sockets[2].BeRefusedAsync("NOT_FOUND", new { type = "ROOM_JOIN", roomId = "gone" });
        foreach (var socket in sockets) await socket.CloseAsync();
    }

    /// <summary>The sample of a command, about the victim wherever it is about a user, and with any of the choices that it has.</summary>
    private static JsonObject Request(string type, string victim, string room, int choice)
    {
        var request = CommandSample.Of(type).Request(room, victim);
        if (request.ContainsKey("userIds")) request["userIds"] = new JsonArray(victim);
        if (request.ContainsKey("role")) request["role"] = Roles[choice];
        if (request["patch"] is JsonObject patch) patch["joinPolicy"] = Policies[choice];
        return request;
    }

    private async Task SendAsync(TestClient other, JsonObject request)
    {
        await other.SendRequestAsync(request);
        _sent++;
        if ((await other.TakeAllAsync()).Any(frame => frame.Code() is not null)) _refused++;
    }
}
