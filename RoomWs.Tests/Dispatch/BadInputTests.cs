using System.Net.WebSockets;
using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>Messages that are none, or that do not fit: each gets its ERROR, changes nothing, and leaves the connection as it was.</summary>
internal sealed class BadInputTests : EndToEndTest
{
    private static readonly string[] NoMessage =
    [
        "",
        " ",
        "{",
        "{}x",
        "{} {}",
        "[]",
        "[{\"type\":\"PING\"}]",
        "\"PING\"",
        "7",
        "null",
        "true",
        "{}",
        "{\"type\":\"\"}",
        "{\"type\":null}",
        "{\"type\":\"\",\"type\":\"PING\"}",
        "{\"type\":7}",
        "{\"type\":{\"type\":\"PING\"}}",
        "{\"type\":\"PING\",}",
        "{'type':'PING'}",
        "{\"type\":\"PING\"} // comment",
        "{\"type\":\"PING\",\"x\":01}",
        "{\"type\":\"PING\",\"x\":NaN}",
        "{\"type\":\"PING\",\"x\":\"a\nb\"}",
        "{\"type\":\"\\ud800\"}",
        "{\"type\":\"PING\",\"correlationId\":\"\\ud800\"}",
        "{\"type\":\"ROOM_UPDATE_META\",\"roomId\":\"r\",\"patch\":{\"\\ud800\":1,\"name\":7}}",
        "{\"type\":\"ROOM_UPDATE_META\",\"\\ud800\":1,\"roomId\":7}",
        "{\"type\":\"PING\",\"correlationId\":\"\"}",
        "{\"type\":\"PING\",\"correlationId\":null}",
        "{\"type\":\"PING\",\"correlationId\":1.5}",
        "{\"type\":\"PING\",\"correlationId\":1e3}",
        "{\"type\":\"PING\",\"correlationId\":9223372036854775808}",
        "{\"type\":\"PING\",\"correlationId\":true}",
        "{\"type\":\"PING\",\"correlationId\":[\"c\"]}",
        "{\"type\":\"PING\",\"correlationId\":{}}",
        "{\"type\":\"PING\",\"correlationId\":\"" + new string('c', 129) + "\"}",
        "{\"type\":\"PING\",\"x\":" + new string('[', 1_000) + new string(']', 1_000) + "}",
        new string('[', 1_000),
        "{\"type\":\"ROOM_CREATE\",\"x\":" + string.Concat(Enumerable.Repeat("{\"x\":", 1_000)) + "1" + new string('}', 1_001),
    ];

    private static readonly (string Fields, string Named)[] NoFit =
    [
        ("\"type\":\"ROOM_CREATE\",\"payload\":{\"name\":\"x\"}", "beside type"),
        ("\"type\":\"ROOM_CREATE\",\"name\":7", "name"),
        ("\"type\":\"ROOM_CREATE\",\"name\":{}", "name"),
        ("\"type\":\"ROOM_CREATE\",\"name\":\"\\ud800\"", "name"),
        ("\"type\":\"ROOM_CREATE\",\"name\":\"\\udc00\\ud800\"", "name"),
        ("\"type\":\"ROOM_CREATE\",\"roomId\":false", "roomId"),
        ("\"type\":\"ROOM_CREATE\",\"memberIds\":{}", "memberIds"),
        ("\"type\":\"ROOM_CREATE\",\"memberIds\":[null]", "memberIds"),
        ("\"type\":\"ROOM_CREATE\",\"memberIds\":[[\"bob\"]]", "memberIds"),
        ("\"type\":\"ROOM_CREATE\",\"joinPolicy\":\"SECRET\"", "joinPolicy"),
        ("\"type\":\"ROOM_CREATE\",\"name\":\"a\",\"name\":\"b\"", "name"),
        ("\"type\":\"ROOM_CREATE\",\"name\":\"a\",\"n\\u0061me\":\"b\"", "name"),
        ("\"type\":\"ROOM_CREATE\",\"idempotencyKey\":1", "idempotencyKey"),
        ("\"type\":\"ROOM_CREATE\",\"idempotencyKey\":\"a\\u0000\"", "idempotencyKey must not hold U+0000"),
        ("\"type\":\"ROOM_CREATE\",\"idempotencyKey\":\"a\",\"memberIds\":[\"a\",\"\\\\\\u0000\"]", "memberIds[1] must not hold U+0000"),
        ("\"type\":\"ROOM_UPDATE_META\",\"roomId\":\"r1\",\"patch\":{\"name\":\"x\\u0000\"}", "patch.name must not hold U+0000"),
        ("\"type\":\"ROOM_UPDATE_META\",\"roomId\":\"r1\",\"patch\":{\"name\":\"x\",\"\\u0000\":1}", "patch must not hold U+0000"),
        ("\"type\":\"ROOM_UPDATE_META\",\"patch\":{\"name\":\"x\"}", "roomId"),
        ("\"type\":\"ROOM_UPDATE_META\",\"roomId\":\"r1\"", "patch"),
        ("\"type\":\"ROOM_UPDATE_META\",\"roomId\":null,\"patch\":{\"name\":\"x\"}", "roomId"),
        ("\"type\":\"ROOM_UPDATE_META\",\"roomId\":\"r1\",\"patch\":{\"name\":\"x\",\"name\":\"y\"}", "name"),
        ("\"type\":\"ROOM_UPDATE_META\",\"roomId\":\"r1\",\"patch\":{\"name\":\"x\"},\"ifVersion\":\"1\"", "ifVersion"),
        ("\"type\":\"ROOM_UPDATE_META\",\"roomId\":\"r1\",\"patch\":{\"name\":\"x\"},\"ifVersion\":1.5", "ifVersion"),
        ("\"type\":\"ROOM_UPDATE_META\",\"roomId\":\"r1\",\"patch\":{\"name\":\"x\"},\"ifVersion\":99999999999999999999", "ifVersion"),
        ("\"type\":\"ROOM_DELETE\"", "roomId"),
        ("\"type\":\"ROOM_DELETE\",\"roomId\":[\"r1\"]", "roomId"),
        ("\"type\":\"ROOM_LEAVE\"", "roomId"),
        ("\"type\":\"ROOM_ADD_MEMBERS\",\"roomId\":\"r1\"", "userIds"),
        ("\"type\":\"ROOM_REMOVE_MEMBER\",\"roomId\":\"r1\"", "userId"),
        ("\"type\":\"ROOM_REMOVE_MEMBER\",\"roomId\":\"r1\",\"userId\":\"\"", "userId"),
        ("\"type\":\"ROOM_SET_ROLE\",\"roomId\":\"r1\",\"userId\":\"bob\"", "role"),
        ("\"type\":\"ROOM_SET_ROLE\",\"roomId\":\"r1\",\"userId\":\"a\\u0001b\",\"role\":\"ADMIN\"", "userId"),
        ("\"type\":\"HELLO\"", "version"),
        ("\"type\":\"HELLO\",\"version\":\"1\"", "version"),
    ];

    private static IEnumerable<TestCaseData> NoMessages => NoMessage.Select((text, i) => new TestCaseData(text).SetArgDisplayNames($"{i}: {Short(text)}"));

    private static IEnumerable<TestCaseData> NoFits => NoFit.Select((c, i) => new TestCaseData(c.Fields, c.Named).SetArgDisplayNames($"{i}: {Short(c.Fields)}"));

    [TestCaseSource(nameof(NoMessages))]
    public async Task What_is_no_message_is_a_validation_error(string text)
    {
        var alice = await ConnectAsync("alice");

        await alice.SendAsync(text);

        var error = await alice.ExpectAsync("ERROR");
        error.Code().Should().Be("VALIDATION_ERROR");
        error.Message().Should().NotBeEmpty();
        error.Has("correlationId").Should().BeFalse();
        await alice.ExpectNothingAsync();
        (await alice.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" })).Number("count").Should().Be(0);
    }

    [TestCaseSource(nameof(NoFits))]
    public async Task A_field_that_does_not_fit_is_named_and_nothing_changes(string fields, string named)
    {
        var alice = await ConnectAsync("alice");
        await alice.CreateRoomAsync("r1", members: ["bob"]);

        // The ERROR has to find its request wherever in it the correlationId stands.
        foreach (var message in new[] { $$"""{"correlationId":"c1",{{fields}}}""", $$"""{{{fields}},"correlationId":"c1"}""" })
        {
            await alice.SendAsync(message);
            var error = await alice.ExpectAsync("ERROR");
            error.Text("correlationId").Should().Be("c1");
            error.Code().Should().Be("VALIDATION_ERROR");
            error.Message().Should().Contain(named);
        }

        await alice.ExpectNothingAsync();
        (await alice.RoomAsync("r1")).Version().Should().Be(1);
        (await alice.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" })).Number("count").Should().Be(1);
    }

    [TestCase("\"type\":7")]
    [TestCase("\"type\":\"ROOM_CREATE\",\"payload\":{}")]
    [TestCase("\"type\":\"ROOM_CREATE\",\"idempotencyKey\":[]")]
    [TestCase("\"x\":1")]
    public async Task The_correlation_id_behind_a_fault_comes_back_with_the_refusal(string fields)
    {
        var alice = await ConnectAsync("alice");

        await alice.SendAsync($$"""{ {{fields}},"correlationId":"behind"}""");

        var error = await alice.ExpectAsync("ERROR");
        error.Text("correlationId").Should().Be("behind");
        error.Code().Should().Be("VALIDATION_ERROR");
    }

    [TestCase("NO_SUCH")]
    [TestCase("room_create")]
    [TestCase("ROOM_CREATED")]
    [TestCase(" PING")]
    [TestCase("<script>\\u0000")]
    public async Task An_unknown_type_is_said_to_be_one(string type)
    {
        var alice = await ConnectAsync("alice");

        await alice.SendAsync($$"""{"type":"{{type}}","correlationId":"c1"}""");

        (await alice.ReplyAsync("c1")).Code().Should().Be("UNKNOWN_TYPE");
        await alice.ExpectNothingAsync();
    }

    [Test]
    public async Task Unknown_fields_are_ignored_whatever_they_hold()
    {
        var alice = await ConnectAsync("alice");

        await alice.SendAsync("""{"x":"\ud800\u0000","\u0000":1,"correlationId":"c1","type":"ROOM_CREATE","roomId":"r1","payload":"text","y":[{"type":"PING\u0000"}],"Name":7}""");

        (await alice.ReplyAsync("c1")).Room().Meta().Text("name").Should().Be("r1");
    }

    [Test]
    public async Task A_message_of_exactly_the_limit_is_taken()
    {
        var alice = await ConnectAsync("alice");
        const string Around = """{"type":"PING","x":""}""";

        await alice.SendAsync(Around.Replace("\"\"", $"\"{new string('x', Server.Options.Limits.MessageBytes - Around.Length)}\"", StringComparison.Ordinal));

        await alice.ExpectAsync("PONG");
    }

    [Test]
    public async Task A_message_in_many_frames_is_one_message()
    {
        var alice = await ConnectAsync("alice");
        var bytes = Encoding.UTF8.GetBytes("""{"type":"ROOM_CREATE","roomId":"r1","name":"Zoë 😀"}""");

        for (var i = 0; i < bytes.Length; i++) await alice.SendBytesAsync([bytes[i]], WebSocketMessageType.Text, endOfMessage: i == bytes.Length - 1);

        (await alice.ExpectAsync("ROOM_CREATED")).Room().Meta().Text("name").Should().Be("Zoë 😀");
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
