using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Sessions;

namespace RoomWs.Tests.Sessions;

internal sealed class LogTextTests
{
    [TestCase("alice", "\"alice\"")]
    [TestCase("Zoë 李 😀", "\"Zoë 李 😀\"")]
    [TestCase("", "\"\"")]
    [TestCase("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [TestCase("a\r\nb\t\0\u007f\u0085", "\"a\\u000d\\u000ab\\u0009\\u0000\\u007f\\u0085\"")]
    [TestCase("a\u2028b\u2029", "\"a\\u2028b\\u2029\"")]
    [TestCase("a\u202eb\u2066c\u200fd\u061c", "\"a\\u202eb\\u2066c\\u200fd\\u061c\"")]
    [TestCase("a\u200bb\ufeffc\u00add", "\"a\\u200bb\\ufeffc\\u00add\"")]
    [TestCase("a\u00a0b\u3000", "\"a\\u00a0b\\u3000\"")]
    [TestCase("\U000E0041", "\"\\udb40\\udc41\"")]
    public void It_is_quoted_and_what_could_deceive_is_escaped_and_it_can_be_read_back(string text, string quoted)
    {
        LogText.Quote(text).Should().Be(quoted);
        JsonSerializer.Deserialize<string>(quoted).Should().Be(text);
    }

    [Test]
    public void What_is_not_there_is_not_quoted() => LogText.Quote(null).Should().BeNull();

    [Test]
    public void Half_a_character_is_none() => LogText.Quote("a\ud83d").Should().Be("\"a\ufffd\"");
}
