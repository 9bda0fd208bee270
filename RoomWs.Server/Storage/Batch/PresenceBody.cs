using System.Buffers;
using System.Text.Json;
using RoomWs.Protocol;

namespace RoomWs.Server.Storage.Batch;

/// <summary>What a row of the feed holds that is about who is online, and changes nothing else.</summary>
internal static class PresenceBody
{
    /// <summary>Writes it.</summary>
    /// <param name="turns">Who has come and gone.</param>
    /// <param name="goneNode">The node that is gone, if one is: its users are another's from here on.</param>
    public static byte[] Of(IEnumerable<FeedPresence> turns, string? goneNode)
    {
        var body = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(body, new JsonWriterOptions { SkipValidation = true, Encoder = ProtocolJson.Wire.Options.Encoder });
        json.WriteStartObject();
        json.WriteNumber("format"u8, FeedBody.Format);
        json.WriteStartArray("changes"u8);
        json.WriteEndArray();
        json.WriteStartArray("presence"u8);
        foreach (var turn in turns) Write(json, turn);
        json.WriteEndArray();
        if (goneNode is not null) json.WriteString("gone"u8, goneNode);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, FeedPresence turn)
    {
        json.WriteStartObject();
        json.WriteString("user"u8, turn.UserId);
        json.WriteString("name"u8, turn.Username);
        json.WriteBoolean("online"u8, turn.IsOnline);
        json.WriteNumber("at"u8, turn.At);
        json.WriteEndObject();
    }
}
