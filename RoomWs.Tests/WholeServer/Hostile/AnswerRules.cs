using System.Text;
using System.Text.Json;
using RoomWs.Protocol;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>What came back for one message: the frames before the PONG of the PING behind it, or before the close with this code.</summary>
internal sealed record Heard(List<JsonElement> Frames, int? Close);

/// <summary>What protocol.md says of the answer to any message at all.</summary>
internal static class AnswerRules
{
    /// <summary>Of the server's own accord, or on the way to the one reply.</summary>
    private static readonly string[] Beside = ["ROOM_JOIN_REQUESTED", "RESYNC_START", "ROOM_MESSAGE", "RESYNC_COMPLETE"];

    /// <summary>What no message may come to where the limits are off and the server does its work.</summary>
    private static readonly string[] Impossible = ["INTERNAL_ERROR", "RATE_LIMITED", "LEAVE_FAILED"];

    private static readonly HashSet<string> Codes =
        [.. Enum.GetValues<ErrorCode>().Select(code => JsonSerializer.SerializeToElement(code, ProtocolJson.Wire.Options).GetString()!).Except(Impossible)];

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether the message ends the connection whatever it says.</summary>
    public static bool BreaksOff(byte[] message, int messageBytes) => message.Length > messageBytes || Decode(message) is null;

    /// <summary>What is wrong with what came back; null where nothing is.</summary>
    public static string? Fault(byte[] message, Heard heard, int messageBytes)
    {
        var answers = heard.Frames.Where(frame => !Beside.Contains(frame.Type())).ToList();
        if (BreaksOff(message, messageBytes)) return BrokenOff(message, answers.Count, heard.Close, messageBytes);

        using var parsed = Parse(message);
        var json = parsed?.RootElement;
        var type = TypeOf(json);
        if (answers.Count == 0 && type is "ROOM_CURSOR" or "ROOM_TYPING") return heard.Close is null ? null : $"close {heard.Close}";
        if (answers.Count != 1) return $"{answers.Count} answers, close {heard.Close}";

        var answer = answers[0];
        return Content(json, answer, type) ?? Close(answer, type, heard.Close) ?? CorrelationId(message, json, answer);
    }

    private static string? BrokenOff(byte[] message, int answers, int? close, int messageBytes)
    {
        var isExpected = (close == 1009 && message.Length > messageBytes) || (close == 1007 && Decode(message) is null);
        return isExpected && answers == 0 ? null : $"close {close} after {answers} answers";
    }

    private static string? Content(JsonElement? json, JsonElement answer, string? type)
    {
        if (answer.Code() is { } code)
        {
            if (!Codes.Contains(code)) return $"the code {code}";
            return answer.Message().Length is > 0 and <= 500 ? null : $"a message of {answer.Message().Length} characters";
        }

        if (type is "ROOM_CURSOR" or "ROOM_TYPING") return $"{answer.Type()} for a {type}";
        return json is null ? $"{answer.Type()} for what is no JSON" : null;
    }

    /// <summary>Only a HELLO that does not hold ends the connection, and it always does.</summary>
    private static string? Close(JsonElement answer, string? type, int? close)
    {
        var isRight = answer.Code() switch
        {
            "UNSUPPORTED_PROTOCOL_VERSION" => close == 1008,
            "UNAUTHORIZED" when type == "HELLO" => close is 4001 or 4003,
            _ => close is null,
        };
        return isRight ? null : $"close {close} after {answer.GetRawText()}";
    }

    private static string? CorrelationId(byte[] message, JsonElement? json, JsonElement answer)
    {
        if (json is not { ValueKind: JsonValueKind.Object } fields) return null;

        var ids = fields.EnumerateObject().Where(field => IsNamed(field, "correlationId")).Select(field => field.Value).ToList();
        if (ids.Count > 1) return null;
        var echoed = answer.TryGetProperty("correlationId", out var echo) ? echo.GetRawText() : null;
        var legible = ids.Count == 1 && IsLegible(ids[0]) ? ids[0].GetRawText() : null;
        // Behind half a surrogate pair nothing can be read, and the id may be there.
        var isBehind = echoed is null && Encoding.UTF8.GetString(message).Contains("\\ud", StringComparison.OrdinalIgnoreCase);
        return echoed == legible || isBehind ? null : $"the correlationId {echoed} for {legible}";
    }

    private static bool IsLegible(JsonElement id)
    {
        try
        {
            return id.ValueKind == JsonValueKind.String ? id.GetString()!.Length is >= 1 and <= 128 : id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out _);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsNamed(JsonProperty field, string name)
    {
        try
        {
            return field.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string? TypeOf(JsonElement? json)
    {
        if (json is not { ValueKind: JsonValueKind.Object } fields) return null;
        var type = fields.EnumerateObject().FirstOrDefault(field => IsNamed(field, "type")).Value;
        return type.ValueKind == JsonValueKind.String && IsLegible(type) ? type.GetString() : null;
    }

    private static JsonDocument? Parse(byte[] message)
    {
        try
        {
            return JsonDocument.Parse(message, new JsonDocumentOptions { MaxDepth = 32 });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Decode(byte[] message)
    {
        try
        {
            return Strict.GetString(message);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
