using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>
/// Tells what is wrong with a JSON file for somebody who wrote it by hand: where, and in plain words. The parser's own messages are about its
/// tokens, and count lines from 0.
/// </summary>
internal static class JsonFault
{
    /// <summary>Marks a fault that the server has found itself, whose message is in plain words already.</summary>
    private const string Own = "settings";

    /// <summary>What the parser's messages contain, and what that means to a reader. The first that fits counts.</summary>
    private static readonly (string Jargon, string Words)[] Words =
    [
        ("end of string, but instead reached end of data", "the file ends in the middle of a text: its \" at the end is missing"),
        ("reached end of data", "the file ends too early: a value, } or ] is missing"),
        ("depth to be zero", "the file ends too early: a } or ] is missing"),
        ("is an invalid start of a property name", "a name in double quotes should be here"),
        ("is an invalid start of a value", "a value should be here: a text in double quotes, a number, true, false, a list or an object"),
        ("is an invalid escapable character", "a \\ in a text has a meaning; write \\\\ for one that has none, as in C:\\\\keys"),
        ("is invalid within a JSON string", "a text must not go over the end of its line; its \" at the end may be missing"),
        ("is invalid after a property name", "a : should be between the name and its value"),
        ("is invalid after a value", "a comma should be between two values, or the } or ] before is missing"),
        ("is invalid after a single JSON value", "there is something after the } that ends the settings"),
        ("invalid JSON literal", "a value should be here that is in double quotes, a number, true or false"),
        ("invalid end of a number", "this is not a whole number, or the } after it is missing; put double quotes around a text"),
        ("not contain any JSON tokens", "the settings must be in one object, { }"),
        ("leading zero", "a number must not begin with 0"),
    ];

    /// <summary>A fault that the parser would let pass.</summary>
    /// <param name="json">The file.</param>
    /// <param name="at">The byte where it is.</param>
    /// <param name="message">What is wrong, in plain words.</param>
    public static JsonException At(ReadOnlySpan<byte> json, long at, string message)
    {
        var before = json[..(int)at];
        return new JsonException(message, Own, before.Count((byte)'\n'), before.Length - (before.LastIndexOf((byte)'\n') + 1));
    }

    /// <summary>The end of a sentence that begins with the file.</summary>
    public static string Describe(ReadOnlySpan<byte> json, JsonException fault)
    {
        if (json.Trim(" \t\r\n"u8).IsEmpty) return "is empty; write the settings into it, at least { }, or leave --config out";
        if (!Utf8.IsValid(json)) return "is not text in UTF-8; save it as UTF-8";

        var (line, bytes) = ((int)(fault.LineNumber ?? 0), (int)(fault.BytePositionInLine ?? 0));
        var text = LineOf(json, line);
        var column = Encoding.UTF8.GetCharCount(text[..Math.Min(bytes, text.Length)]) + 1;
        return FormattableString.Invariant($"is not valid at line {line + 1}, column {column}: {PlainWords(fault)}");
    }

    private static string PlainWords(JsonException fault) => fault.Path == Own
        ? fault.Message
        : Array.Find(Words, word => fault.Message.Contains(word.Jargon, StringComparison.Ordinal)).Words ?? "this is not JSON";

    private static ReadOnlySpan<byte> LineOf(ReadOnlySpan<byte> json, int line)
    {
        for (; line > 0; line--) json = json[(json.IndexOf((byte)'\n') + 1)..];
        return json.IndexOf((byte)'\n') is >= 0 and var end ? json[..end] : json;
    }
}
