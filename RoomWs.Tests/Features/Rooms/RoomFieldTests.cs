using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Rooms;

/// <summary>What the fields of a room may hold, which is the same whether it is made or changed.</summary>
internal sealed class RoomFieldTests : EndToEndTest
{
    private static readonly string Emoji = "\U0001F600";

    private static readonly (string Field, object? Value)[] Refused =
    [
        ("name", ""),
        ("name", "   "),
        ("name", "a\nb"),
        ("name", "a\u0085b"),
        ("name", new string('x', 201)),
        ("name", string.Concat(Enumerable.Repeat(Emoji, 201))),
        ("thumbnailUrl", ""),
        ("thumbnailUrl", "/a.png"),
        ("thumbnailUrl", "ftp://example.com/a.png"),
        ("thumbnailUrl", "javascript:alert(1)"),
        ("thumbnailUrl", " https://example.com/a.png"),
        ("thumbnailUrl", "https://example.com/a.png\n"),
        ("thumbnailUrl", "https://example.com/" + new string('x', 2_029)),
        ("slug", ""),
        ("slug", "ab"),
        ("slug", "Lobby"),
        ("slug", "the_lobby"),
        ("slug", "lobbÿ"),
        ("slug", new string('x', 65)),
    ];

    private static readonly (string Field, string Value)[] Accepted =
    [
        ("name", "x"),
        ("name", new string('x', 200)),
        ("name", string.Concat(Enumerable.Repeat(Emoji, 200))),
        ("name", "Zoë's \"room\" <b>\\ \U0001F468\u200D\U0001F469"),
        ("thumbnailUrl", "http://example.com/a.png?x=1#y"),
        ("thumbnailUrl", "https://example.com/" + new string('x', 2_028)),
        ("slug", "abc"),
        ("slug", "0-9"),
        ("slug", new string('x', 64)),
    ];

    private static IEnumerable<TestCaseData> RefusedCases => Refused.Select((c, i) => new TestCaseData(c.Field, c.Value).SetArgDisplayNames(c.Field, $"bad {i}"));

    private static IEnumerable<TestCaseData> AcceptedCases => Accepted.Select((c, i) => new TestCaseData(c.Field, c.Value).SetArgDisplayNames(c.Field, $"good {i}"));

    [TestCaseSource(nameof(RefusedCases))]
    public async Task A_value_outside_the_rule_is_refused_by_name_and_nothing_is_stored(string field, string value)
    {
        var alice = await ConnectAsync("alice");
        var before = await CreateAsync(alice, "r1", []);

        var create = await alice.BeRefusedAsync("VALIDATION_ERROR", Create("r2", new() { [field] = value }));
        var update = await alice.BeRefusedAsync("VALIDATION_ERROR", Update("r1", new() { [field] = value }));

        create.Message().Should().Contain(field);
        update.Message().Should().Contain(field);
        await alice.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", roomId = "r2" });
        (await alice.RoomAsync("r1")).GetRawText().Should().Be(before);
    }

    [TestCaseSource(nameof(AcceptedCases))]
    public async Task A_value_within_the_rule_comes_back_as_it_was_sent(string field, string value)
    {
        var alice = await ConnectAsync("alice");
        await CreateAsync(alice, "made", new() { [field] = value });
        (await alice.RoomAsync("made")).Meta().Text(field).Should().Be(value);
        await alice.SucceedAsync("ROOM_DELETED", new { type = "ROOM_DELETE", roomId = "made" });

        await CreateAsync(alice, "changed", []);
        var reply = await alice.SucceedAsync("ROOM_UPDATED", Update("changed", new() { [field] = value }));

        reply.GetProperty("patch").Text(field).Should().Be(value);
        (await alice.RoomAsync("changed")).Meta().Text(field).Should().Be(value);
    }

    [TestCase("")]
    [TestCase("a b")]
    [TestCase("a/b")]
    [TestCase("é")]
    public async Task A_room_id_of_other_characters_is_refused(string roomId)
    {
        var alice = await ConnectAsync("alice");

        (await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_CREATE", roomId })).Message().Should().Contain("roomId");
        (await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_DELETE", roomId })).Message().Should().Contain("roomId");
    }

    [Test]
    public async Task A_room_id_has_128_characters_at_most()
    {
        var alice = await ConnectAsync("alice");

        await alice.CreateRoomAsync("A.b_c:d-9" + new string('x', 119));
        await alice.BeRefusedAsync("VALIDATION_ERROR", new { type = "ROOM_CREATE", roomId = new string('x', 129) });
    }

    private static Dictionary<string, object?> Create(string roomId, Dictionary<string, object?> fields) =>
        new(fields) { ["type"] = "ROOM_CREATE", ["roomId"] = roomId };

    private static object Update(string roomId, Dictionary<string, object?> patch) => new { type = "ROOM_UPDATE_META", roomId, patch };

    private static async Task<string> CreateAsync(TestClient client, string roomId, Dictionary<string, object?> fields) =>
        (await client.SucceedAsync("ROOM_CREATED", Create(roomId, fields))).Room().GetRawText();
}
