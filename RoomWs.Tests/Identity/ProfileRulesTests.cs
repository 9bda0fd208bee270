using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Identity;

namespace RoomWs.Tests.Identity;

/// <summary>Which characters an id of a user and a name may hold.</summary>
internal sealed class ProfileRulesTests
{
    private static readonly int[] Bidi = [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];

    private static readonly int[] ZeroWidth = [0x00ad, 0x034f, 0x115f, 0x1160, 0x17b4, 0x180b, 0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0x2064, 0x206f, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0x1d173, 0xe0001, 0xe0041, 0xe0100];

    private static readonly int[] Blanks = [' ', 0x00a0, 0x1680, 0x2003, 0x202f, 0x205f, 0x2800, 0x3000];

    private readonly LimitOptions _limits = new();

    [Test]
    public void No_id_of_a_user_holds_a_line_end_a_bidirectional_control_or_a_character_of_no_width()
    {
        foreach (var c in (int[])[0, 0x7f, 0x85, 0x2028, 0x2029, .. Bidi, .. ZeroWidth])
        {
            foreach (var id in Around(c)) ProfileRules.IsUserId(id).Should().BeFalse($"U+{c:X4}");
        }
    }

    [Test]
    public void No_id_of_a_user_begins_or_ends_with_a_space()
    {
        foreach (var c in Blanks)
        {
            var text = char.ConvertFromUtf32(c);
            ProfileRules.IsUserId(text).Should().BeFalse($"U+{c:X4}");
            ProfileRules.IsUserId(text + "a").Should().BeFalse($"U+{c:X4}");
            ProfileRules.IsUserId("a" + text).Should().BeFalse($"U+{c:X4}");
            ProfileRules.IsUserId("a" + text + "b").Should().BeTrue($"U+{c:X4}");
        }
    }

    [TestCase("a")]
    [TestCase("auth0|5f7c8ec7c33c6c004bbafe82")]
    [TestCase("mueller+rooms@example.com")]
    [TestCase("Zoë Müller")]
    [TestCase("Зоя")]
    [TestCase("علی")]
    [TestCase("e\u0301")]
    [TestCase("\U0001F600")]
    public void An_id_that_can_be_seen_is_one(string id) => ProfileRules.IsUserId(id).Should().BeTrue();

    [Test]
    public void No_name_holds_a_line_end_or_a_bidirectional_control()
    {
        foreach (var c in (int[])[0, 0x7f, 0x85, 0x2028, 0x2029, .. Bidi])
        {
            foreach (var name in Around(c)) ProfileRules.IsUsername(name, _limits).Should().BeFalse($"U+{c:X4}");
        }
    }

    [Test]
    public void A_name_of_what_cannot_be_seen_is_blank_and_beside_what_can_it_is_a_name()
    {
        foreach (var text in ((int[])[.. ZeroWidth, .. Blanks]).Select(char.ConvertFromUtf32))
        {
            ProfileRules.IsUsername(text, _limits).Should().BeFalse();
            ProfileRules.IsUsername($"{text} \u200d{text}", _limits).Should().BeFalse();
            ProfileRules.IsUsername(text + "A", _limits).Should().BeTrue();
        }
    }

    [TestCase("A")]
    [TestCase(" A ")]
    [TestCase("\U0001F468\u200D\U0001F469\u200D\U0001F467")]
    [TestCase("\u2764\ufe0f")]
    [TestCase("می\u200cخواهم")]
    public void A_name_that_can_be_seen_is_one(string name) => ProfileRules.IsUsername(name, _limits).Should().BeTrue();

    [Test]
    public void The_length_of_a_name_is_counted_in_characters_and_of_an_id_in_units()
    {
        var emoji = "\U0001F600";

        ProfileRules.IsUsername(string.Concat(Enumerable.Repeat(emoji, 200)), _limits).Should().BeTrue();
        ProfileRules.IsUsername(string.Concat(Enumerable.Repeat(emoji, 201)), _limits).Should().BeFalse();
        ProfileRules.IsUserId(string.Concat(Enumerable.Repeat(emoji, 64))).Should().BeTrue();
        ProfileRules.IsUserId(string.Concat(Enumerable.Repeat(emoji, 65))).Should().BeFalse();
    }

    private static string[] Around(int character)
    {
        var text = char.ConvertFromUtf32(character);
        return [text, text + "a", "a" + text, "a" + text + "b"];
    }
}
