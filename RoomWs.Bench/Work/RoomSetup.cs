using System.Globalization;
using RoomWs.Bench.Load;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary>Users, and rooms of RoomWs that they are members of.</summary>
internal static class RoomSetup
{
    private const int UserIdsPerRequest = 1_000;

    /// <summary>What the server calls the updates that hold only what has changed.</summary>
    public const string Deltas = "MEMBER_DELTAS";

    public static IReadOnlyList<string> DeltaGreeting { get; } = [$$"""{"type":"HELLO","version":1,"capabilities":["{{Deltas}}"]}"""];

    /// <summary>All names are of one length, so that messages about users are, too.</summary>
    public static IEnumerable<string> Users(int first, int count) =>
        Enumerable.Range(first, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"user-{i:D6}"));

    /// <summary>Makes a room of its owner and these members, by as many requests as that takes.</summary>
    public static void Create(LoadLoop loop, LoadClient owner, string roomId, IEnumerable<string> members)
    {
        Question.Ask(loop, owner, $$"""{"type":"ROOM_CREATE","roomId":"{{roomId}}"}""", "ROOM_CREATED");
        foreach (var some in members.Chunk(UserIdsPerRequest)) Add(loop, owner, roomId, some);
    }

    /// <summary>Makes a room of these users, the first of whom is its owner, before any of them is online: then nobody is told of each step.</summary>
    public static void CreateAhead(LoadLoop loop, ServerUnderTest server, string roomId, IReadOnlyList<string> users)
    {
        var owner = loop.ConnectAll(server, [users[0]], server.Dialect.Greeting)[0];
        Create(loop, owner, roomId, users.Skip(1));
        owner.Abort();
    }

    /// <summary>Adds members and returns the answer: the room's members as they are then.</summary>
    public static byte[] Add(LoadLoop loop, LoadClient owner, string roomId, IEnumerable<string> members)
    {
        var ids = string.Join(',', members.Select(member => $"\"{member}\""));
        return Question.Ask(loop, owner, $$"""{"type":"ROOM_ADD_MEMBERS","roomId":"{{roomId}}","userIds":[{{ids}}]}""", "ROOM_MEMBERS_UPDATED");
    }

    /// <summary>Connects the members of the room that all work is done in, and has it made or joined; the first of them is its owner.</summary>
    public static LoadClient[] ConnectMembers(LoadLoop loop, ServerUnderTest server, int count)
    {
        var dialect = server.Dialect;
        var members = loop.ConnectAll(server, Users(0, count), dialect.Join is { } join ? [.. dialect.Greeting, join] : dialect.Greeting);
        if (dialect.Join is null) Create(loop, members[0], Dialect.Room, members.Skip(1).Select(member => member.User));
        return members;
    }

    /// <summary>Whether the server sends only what has changed to those who ask for it.</summary>
    public static bool OffersDeltas(LoadLoop loop, ServerUnderTest server)
    {
        var client = loop.ConnectAll(server, ["probe"], [])[0];
        var answer = Question.Ask(loop, client, DeltaGreeting[0], "HELLO_ACK");
        client.Abort();
        return answer.AsSpan().IndexOf("\"MEMBER_DELTAS\""u8) >= 0;
    }
}
