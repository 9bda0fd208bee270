using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;

namespace RoomWs.Tests.Wire;

/// <summary>What of a text is escaped on the wire: what JSON requires, and nothing else.</summary>
internal sealed class WireEncoderTests
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = ProtocolJson.Wire.Options.Encoder };

    [TestCase("plain", "plain")]
    [TestCase("\u00e9\u20ac\u2028\ufeff\u00a0\u007f</script>'&+", "\u00e9\u20ac\u2028\ufeff\u00a0\u007f</script>'&+")]
    [TestCase("\U0001F600", "\U0001F600")]
    [TestCase("a\U0001F600\n\U0010FFFF\"", "a\U0001F600\\n\U0010FFFF\\\"")]
    [TestCase("\"\\\b\f\n\r\t\u0000\u001f", "\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f")]
    public void Only_what_json_requires_is_escaped(string text, string expected) =>
        Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(text, Options)).Should().Be($"\"{expected}\"");

    [Test]
    public void Half_a_character_becomes_the_replacement_and_cuts_nothing([Values("", "x", "\n", "\U0001F600")] string before, [Values("", "y", "\t", "\U0001F600")] string after)
    {
        foreach (var half in new[] { '\ud83d', '\ude00' })
        {
            // Next to a whole character a half is one all the same.
            JsonSerializer.Deserialize<string>(JsonSerializer.SerializeToUtf8Bytes(before + half + after, Options)).Should().Be(before + '\ufffd' + after);
        }
    }

    [Test]
    public void Every_character_comes_back_as_it_was()
    {
        var all = new StringBuilder();
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            if (code is < 0xD800 or > 0xDFFF) all.Append(char.ConvertFromUtf32(code));
        }

        var text = all.ToString();
        JsonSerializer.Deserialize<string>(JsonSerializer.SerializeToUtf8Bytes(text, Options)).Should().Be(text);
    }
}
