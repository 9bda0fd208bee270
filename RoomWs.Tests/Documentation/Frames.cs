using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RoomWs.Tests.Documentation;

/// <summary>Makes two frames comparable: what the server makes up itself counts only by its kind.</summary>
internal static partial class Frames
{
    private static readonly string[] MadeByServer =
        ["createdAt", "updatedAt", "joinedAt", "expiresAt", "usedAt", "at", "ts", "timestamp", "serverTime", "connectionId", "reconnectAfterMs", "retryAfterMs"];

    /// <summary>The frame in one form, whatever its white space and its order of fields; a close as it is.</summary>
    public static string Comparable(string frame) => frame.StartsWith('{') ? Comparable(JsonNode.Parse(frame))!.ToJsonString() : frame;

    private static JsonNode? Comparable(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields
            .OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => KeyValuePair.Create(
                field.Key,
                MadeByServer.Contains(field.Key) ? JsonValue.Create($"({field.Value?.GetValueKind()})") : Comparable(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Comparable)]),
        JsonValue value when value.TryGetValue(out string? text) && Made().Match(text) is { Success: true } made && made.Length == text.Length => JsonValue.Create("(made by the server)"),
        _ => node?.DeepClone(),
    };

    /// <summary>The ids and codes in a frame that the server made, in the order of the text.</summary>
    public static IEnumerable<string> MadeIn(string frame) => Made().Matches(frame).Select(made => made.Value);

    // An id has a word before it, a code of an invitation has 20 characters, and an epoch 16.
    [GeneratedRegex(@"\b((room|request|invite|message|board)_[0-9A-Z]{26}|[0-9A-Z]{20}|[0-9A-Z]{16})\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Made();
}
