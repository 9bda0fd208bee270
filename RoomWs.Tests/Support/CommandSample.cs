using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RoomWs.Tests.Support;

/// <summary>A request with places for names: <c>$room</c>, <c>$user</c> (a member), <c>$board</c>, <c>$invite</c> and <c>$code</c>.</summary>
internal sealed record CommandSample(string Json)
{
    public const string Room = "$room";
    public const string User = "$user";
    public const string Board = "$board";
    public const string Invite = "$invite";
    public const string Code = "$code";

    /// <summary>Every sample of a fixture in these tests.</summary>
    public static IReadOnlyList<CommandSample> All { get; } =
    [
        .. typeof(CommandSample).Assembly.GetTypes().SelectMany(fixture => fixture.GetCustomAttributes<CommandSampleAttribute>(inherit: false)).Select(sample => new CommandSample(sample.Json)),
    ];

    public string Type { get; } = JsonDocument.Parse(Json).RootElement.Type();

    public IEnumerable<string> Fields => JsonDocument.Parse(Json).RootElement.EnumerateObject().Select(one => one.Name).Where(name => name != "type");

    /// <summary>The sample of a type; a command without one does not get past the tests of the samples.</summary>
    public static CommandSample Of(string type) =>
        All.FirstOrDefault(sample => sample.Type == type) ?? throw new InvalidOperationException($"There is no sample of {type}: put a [CommandSample] on its fixture in RoomWs.Tests/Features.");

    /// <summary>The request, with names in its places.</summary>
    public JsonObject Request(string room = "r1", string user = "bob", string board = "b1", string invite = "none", string code = "none") => JsonNode.Parse(new StringBuilder(Json)
        .Replace(Room, room).Replace(User, user).Replace(Board, board).Replace(Invite, invite).Replace(Code, code).ToString())!.AsObject();

    public override string ToString() => Type;
}
