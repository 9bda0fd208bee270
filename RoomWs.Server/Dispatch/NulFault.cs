using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RoomWs.Protocol.Connection;

namespace RoomWs.Server.Dispatch;

/// <summary>Finds U+0000 in the fields of a request. No text that is stored may have one: PostgreSQL holds none, and what a client may say is the same on both databases.</summary>
internal static class NulFault
{
    /// <summary>The refusal that names the first field of the contract in which there is one, at any depth; null if there is none. What the contract does not have is ignored.</summary>
    public static ErrorReply? Find(JsonTypeInfo contract, ReadOnlySpan<byte> message)
    {
        // As good as all messages end here.
        if (message.IndexOf(Escaped) < 0) return null;

        var reader = new Utf8JsonReader(message);
        var path = new string?[66];
        // Of each array that is open, how many of its elements have begun; -1 of an object.
        var begun = new int[66];
        Array.Fill(begun, -1);
        var isKnown = false;
        while (reader.Read())
        {
            var depth = reader.CurrentDepth;
            var isName = reader.TokenType == JsonTokenType.PropertyName;
            if (!isName && begun[depth] >= 0 && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject)) path[depth] = $"[{begun[depth]++}]";
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) (path[depth + 1], begun[depth + 1]) = (null, reader.TokenType == JsonTokenType.StartArray ? 0 : -1);
            if (!isName && reader.TokenType != JsonTokenType.String) continue;

            var has = HasNul(reader.ValueSpan);
            if (isName)
            {
                if (depth == 1) isKnown = IsKnown(contract, ref reader);
                // Raw, for a name may be no text. One that holds a U+0000 does not name itself.
                path[depth] = has ? null : Encoding.UTF8.GetString(reader.ValueSpan);
            }

            if (has && isKnown) return FieldRules.Invalid($"{string.Join('.', path[..(depth + 1)].OfType<string>()).Replace(".[", "[", StringComparison.Ordinal)} must not hold U+0000.");
        }

        return null;
    }

    /// <summary>The only way in which JSON can hold U+0000.</summary>
    private static ReadOnlySpan<byte> Escaped => "\\u0000"u8;

    private static bool IsKnown(JsonTypeInfo contract, ref Utf8JsonReader reader)
    {
        foreach (var field in contract.Properties)
        {
            if (reader.ValueTextEquals(field.Name)) return true;
        }

        return false;
    }

    /// <summary>Whether a text as it stands in JSON has one. Behind a backslash that is one itself it is none.</summary>
    private static bool HasNul(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\') continue;
            if (text[i..].StartsWith(Escaped)) return true;
            // What is escaped is no escape.
            i++;
        }

        return false;
    }
}
