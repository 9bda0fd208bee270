using System.Globalization;
using RoomWs.Bench.Load;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary>Creates users and connects them, and creates rooms of RoomWs.</summary>
internal static class RoomSetup
{
    private const int UserIdsPerRequest = 1_000;

    /// <summary>The capability for member changes as deltas.</summary>
    public const string Deltas = "MEMBER_DELTAS";

    public static IReadOnlyList<string> DeltaGreeting { get; } = [$$"""{"type":"HELLO","version":1,"capabilities":["{{Deltas}}"]}"""];

    /// <summary>All names have the same length, so that messages about users have too.</summary>
    public static IEnumerable<string> Users(int first, int count) =>
        Enumerable.Range(first, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"user-{i:D6}"));

    /// <summary>Creates a room of an owner and these members, with as many requests as the limit of user ids needs.</summary>
    public static void Create(LoadLoop loop, LoadClient owner, string roomId, IEnumerable<string> members)
    {
        Question.Ask(loop, owner, $$"""{"type":"ROOM_CREATE","roomId":"{{roomId}}"}""", "ROOM_CREATED");
        foreach (var some in members.Chunk(UserIdsPerRequest)) Add(loop, owner, roomId, some);
    }

    /// <summary>Creates a room of these users, with the first as owner, before the others are online: so they are not told of each step.</summary>
    public static void CreateAhead(LoadLoop loop, ServerUnderTest server, string roomId, IReadOnlyList<string> users)
    {
        var owner = loop.ConnectAll(server, [users[0]], server.Dialect.Greeting)[0];
        Create(loop, owner, roomId, users.Skip(1));
        owner.Abort();
    }

    /// <summary>Adds members and returns the reply, the new member list.</summary>
    public static byte[] Add(LoadLoop loop, LoadClient owner, string roomId, IEnumerable<string> members)
    {
        var ids = string.Join(',', members.Select(member => $"\"{member}\""));
        return Question.Ask(loop, owner, $$"""{"type":"ROOM_ADD_MEMBERS","roomId":"{{roomId}}","userIds":[{{ids}}]}""", "ROOM_MEMBERS_UPDATED");
    }

    /// <summary>Connects the members of <see cref="Dialect.Room"/>, and creates or joins it. The first of them is the owner.</summary>
    public static LoadClient[] ConnectMembers(LoadLoop loop, ServerUnderTest server, int count)
    {
        var dialect = server.Dialect;
        var members = loop.ConnectAll(server, Users(0, count), dialect.Join is { } join ? [.. dialect.Greeting, join] : dialect.Greeting);
        if (dialect.Join is null) Create(loop, members[0], Dialect.Room, members.Skip(1).Select(member => member.User));
        return members;
    }

    /// <summary>Whether the server supports MEMBER_DELTAS.</summary>
    public static bool OffersDeltas(LoadLoop loop, ServerUnderTest server)
    {
        var client = loop.ConnectAll(server, ["probe"], [])[0];
        var answer = Question.Ask(loop, client, DeltaGreeting[0], "HELLO_ACK");
        client.Abort();
        return answer.AsSpan().IndexOf("\"MEMBER_DELTAS\""u8) >= 0;
    }
}
