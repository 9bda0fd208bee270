using System.Text.Json;
using System.Text.RegularExpressions;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>The requests that the protocol shows and one of every command, with places for the names of what there is where they are sent.</summary>
internal static partial class Samples
{
    public const string Room = CommandSample.Room;
    public const string User = CommandSample.User;
    public const string Invite = CommandSample.Invite;
    public const string Code = CommandSample.Code;
    public const string Board = "notes";

    public static readonly string[] All =
    [
        .. ProtocolDocument.Examples
            .SelectMany(example => example.Steps)
            .Where(step => step.Kind == Documentation.StepKind.Sends)
            .Select(step => WithPlaces(step.Text))
            .Concat(CommandSample.All.Select(sample => sample.Json.Replace(CommandSample.Board, Board, StringComparison.Ordinal)))
            .Distinct(StringComparer.Ordinal),
    ];

    public static readonly string[] Types = [.. Fields("type").Select(type => type.GetRawText()).Distinct(StringComparer.Ordinal)];

    /// <summary>The values of all fields, for the fields of others to borrow.</summary>
    public static readonly string[] Values = [.. Fields(null).Select(value => value.GetRawText()).Distinct(StringComparer.Ordinal)];

    private static string WithPlaces(string message)
    {
        var text = message.Replace("\"alice\"", $"\"{User}\"", StringComparison.Ordinal);
        text = RoomIds().Replace(text, $"\"${{field}}\":\"{Room.Replace("$", "$$", StringComparison.Ordinal)}\"");
        text = BoardIds().Replace(text, $"\"boardId\":\"{Board}\"");
        text = InviteIds().Replace(text, $"\"inviteId\":\"{Invite.Replace("$", "$$", StringComparison.Ordinal)}\"");
        return Codes().Replace(text, $"\"code\":\"{Code.Replace("$", "$$", StringComparison.Ordinal)}\"");
    }

    private static IEnumerable<JsonElement> Fields(string? name) => All
        .Where(text => text.StartsWith('{'))
        .SelectMany(text => JsonDocument.Parse(text).RootElement.EnumerateObject())
        .Where(field => name is null || field.Name == name)
        .Select(field => field.Value.Clone());

    // "gone" is a room that is not there, and has to stay one.
    [GeneratedRegex("\"(?<field>roomId|slug)\":\"(?!gone)[^\"]+\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex RoomIds();

    [GeneratedRegex("\"boardId\":\"(?!skech)[^\"]+\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex BoardIds();

    [GeneratedRegex("\"inviteId\":\"[^\"]+\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex InviteIds();

    [GeneratedRegex("\"code\":\"[^\"]+\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Codes();
}
