using System.Text.Json;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Authority;

/// <summary>
/// One room in which everybody does all they can at once, while somebody ends what the victim may do. The victim has three sockets, two
/// of which have entered the room, and is an ADMIN at first.
/// </summary>
internal sealed class AuthorityRace(string roomId, TestClient owner, TestClient mate, TestClient[] victims, Random random)
{
    public const string VictimId = "victim";

    private const int RequestsOfEach = 40;
    private const double LastMove = 9_999;
    private const string Board = "b";

    private static readonly string[] Noise = ["ROOM_MESSAGE", "ROOM_BOARD_UPDATE", "ROOM_TYPING", "ROOM_CURSOR"];

    /// <summary>They end memberships, or the board that all draw on: what ends whose authority is what the race is about.</summary>
    private static readonly string[] Ends = ["ROOM_LEAVE", "ROOM_REMOVE_MEMBER", "ROOM_SET_ROLE", "ROOM_BOARD_DELETE"];

    private static readonly string[] ForAdmins = ServerCommands.Types(command => May(RoomRole.Admin, command) && !May(RoomRole.Member, command));

    private static readonly string[] ForMembers = [.. Noise.Union(ServerCommands.Types(command => May(RoomRole.Member, command) && command.Requires is not (RoomAction.Join or RoomAction.CancelRequest))), "RESUME"];

    public string RoomId => roomId;

    public RaceSocket Owner { get; } = new(owner);

    public RaceSocket Mate { get; } = new(mate);

    public RaceSocket[] Victims { get; } = [.. victims.Select(victim => new RaceSocket(victim))];

    private RaceSocket[] Sockets => [Owner, Mate, .. Victims];

    public static bool IsForAdmins(string type) => ForAdmins.Contains(type);

    /// <summary>Makes the room, has three sockets enter it, and decides what everybody will send; the end is somewhere in what its sender sends.</summary>
    public async Task PrepareAsync(RaceSocket ender, object end)
    {
        await owner.CreateRoomAsync(roomId, members: ["mate", "guest"], admins: [VictimId]);
        await owner.CreateBoardAsync(roomId, Board);
        foreach (var client in (TestClient[])[owner, mate, victims[0], victims[1]]) await client.EnterAsync(roomId);
        await MembershipSteps.SettleAsync([owner, mate, .. victims]);

        foreach (var socket in (RaceSocket[])[Owner, Mate]) socket.Plan(Requests(Noise));
        foreach (var socket in Victims) socket.Plan(Requests([.. ForMembers, .. ForAdmins]));
        ender.PlanEnd(end, random.Next(RequestsOfEach));
    }

    /// <summary>All send without waiting for replies.</summary>
    public Task RunAsync() => Task.WhenAll(Sockets.Select(socket => socket.SendAsync()));

    /// <summary>Takes in all that came. Where the room lives on, something of every kind happens in it once more first.</summary>
    public async Task HearAsync(bool roomLivesOn)
    {
        // All that anybody has sent is done.
        foreach (var socket in Sockets) await socket.HearAsync();
        if (roomLivesOn)
        {
            await owner.SayAsync(roomId, "after");
            await owner.TypeAsync(roomId);
            await owner.DrawAsync(roomId, Board, "after");
            await owner.MoveAsync(roomId, LastMove);
            await Mate.HearUntilAsync(IsLastMove);
        }

        foreach (var socket in Sockets) await socket.HearAsync();
    }

    private static bool IsLastMove(JsonElement frame) => frame.Type() == "ROOM_CURSORS"
        && frame.GetProperty("cursors").EnumerateArray().Any(cursor => cursor.GetProperty("x").GetDouble() == LastMove);

    private List<(string, object)> Requests(string[] types) => [.. Enumerable.Range(0, RequestsOfEach).Select(i =>
    {
        var type = types[random.Next(types.Length)];
        return (type, Request(type, i));
    }),];

    private static bool May(RoomRole role, Command command) => command.Requires is { } action && !Ends.Contains(command.Type) && RoomPermissions.Allow(role, action);

    private object Request(string type, int i) => type switch
    {
        "ROOM_TYPING" => new { type, roomId, typing = i % 2 == 0 },
        "ROOM_CURSOR" => new { type, roomId, x = i, y = i },
        "ROOM_UPDATE_META" => new { type, roomId, patch = new { name = $"name {i}" } },
        "ROOM_ADD_MEMBERS" => new { type, roomId, userIds = new[] { $"u{random.Next()}" } },
        _ => CommandSample.Of(type).Request(room: roomId, user: "stranger", board: Board),
    };
}
