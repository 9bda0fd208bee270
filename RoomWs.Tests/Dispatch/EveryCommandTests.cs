using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>What is so of every command there is, by the table and the sample that stands beside the tests of each.</summary>
internal sealed class EveryCommandTests : EndToEndTest
{
    private static readonly (string User, RoomRole? Role)[] Callers = [("owner", RoomRole.Owner), ("admin", RoomRole.Admin), ("member", RoomRole.Member), ("nobody", null)];

    private static IEnumerable<CommandSample> Samples => CommandSample.All;

    private static IEnumerable<string> TypesInRooms => ServerCommands.Types(command => command.Requires is not null);

    [Test]
    public void Every_command_has_a_sample_and_every_sample_a_command() => CommandSample.All.Select(sample => sample.Type).Distinct().Should().BeEquivalentTo(
        ServerCommands.Types(_ => true),
        "each command of CommandTable has a [CommandSample(...)] on its fixture in RoomWs.Tests/Features; put one there for a new command");

    [TestCaseSource(nameof(Samples))]
    public async Task A_sample_is_a_message_that_the_server_understands(object sample)
    {
        var owner = await ConnectAsync("owner");
        await owner.CreateRoomAsync("r1", members: ["bob"]);
        await owner.CreateBoardAsync("r1", "b1");
        await owner.DrawAsync("r1", "b1", "+a");

        (await CodeAsync(owner, (CommandSample)sample)).Should().NotBe("VALIDATION_ERROR").And.NotBe("UNKNOWN_TYPE").And.NotBe("INTERNAL_ERROR");
    }

    [TestCaseSource(nameof(Samples))]
    public async Task A_field_of_another_kind_is_refused_by_its_name(object sample)
    {
        var alice = await ConnectAsync("alice");
        foreach (var field in ((CommandSample)sample).Fields)
        {
            var request = ((CommandSample)sample).Request();
            request[field] = request[field]!.GetValueKind() == JsonValueKind.Object ? 7 : new JsonObject();

            (await alice.BeRefusedAsync("VALIDATION_ERROR", request)).Message().Should().Contain(field);
        }

        await alice.ExpectNothingAsync();
    }

    [TestCaseSource(nameof(Samples))]
    public async Task A_text_with_a_nul_is_refused_by_its_name(object sample)
    {
        var alice = await ConnectAsync("alice");
        foreach (var (field, path) in ((CommandSample)sample).Fields.Append("idempotencyKey").SelectMany(field => WithNul((CommandSample)sample, field)))
        {
            var request = ((CommandSample)sample).Request();
            request[path.Split('.', '[')[0]] = field;

            (await alice.BeRefusedAsync("VALIDATION_ERROR", request)).Message().Should().Be($"{path} must not hold U+0000.");
        }

        await alice.ExpectNothingAsync();
    }

    [TestCaseSource(nameof(TypesInRooms))]
    public async Task A_room_that_there_is_not_is_not_found_and_a_role_that_may_not_is_refused(string type)
    {
        var action = ServerCommands.All.Single(command => command.Type == type).Requires!.Value;
        var owner = await ConnectAsync("owner");
        foreach (var (user, role) in Callers)
        {
            // A room for each, for some of them end it.
            var roomId = $"room-of-{user}";
            await owner.CreateRoomAsync(roomId, members: ["member", "bob"], admins: ["admin"]);
            var before = (await owner.RoomAsync(roomId)).GetRawText();
            var caller = await ConnectAsync(user);

            (await CodeAsync(caller, CommandSample.Of(type), "gone")).Should().Be("NOT_FOUND", "of {0}", user);
            var code = await CodeAsync(caller, CommandSample.Of(type), roomId);

            if (RoomPermissions.Allow(role, action))
            {
                code.Should().NotBe("FORBIDDEN", "of {0}", user);
                continue;
            }

            code.Should().Be(action == RoomAction.Leave ? "NOT_FOUND" : "FORBIDDEN", "of {0}", user);
            (await owner.RoomAsync(roomId)).GetRawText().Should().Be(before, "of {0}", user);
        }
    }

    /// <summary>The field with a U+0000 in each place where it holds text, and the name of the place.</summary>
    private static IEnumerable<(JsonNode Value, string Path)> WithNul(CommandSample sample, string field)
    {
        var value = sample.Request()[field];
        if (field == "idempotencyKey" || value?.GetValueKind() == JsonValueKind.String)
        {
            // Of a choice there is no other text, which is said first.
            if (!field.EndsWith("olicy", StringComparison.Ordinal) && field != "role") yield return (JsonValue.Create("a\0b"), field);
        }
        else if (value is JsonArray { Count: > 0 } texts && texts[0]!.GetValueKind() == JsonValueKind.String)
        {
            yield return (new JsonArray("a\0b"), $"{field}[0]");
        }
        else if (value is JsonObject parts)
        {
            foreach (var part in parts.Where(part => part.Value?.GetValueKind() == JsonValueKind.String && part.Key != "joinPolicy"))
            {
                var changed = parts.DeepClone().AsObject();
                changed[part.Key] = "a\0b";
                yield return (changed, $"{field}.{part.Key}");
            }
        }
    }

    /// <summary>The code that the sample is refused with; null where it is not, also of what has no reply.</summary>
    private static async Task<string?> CodeAsync(TestClient client, CommandSample sample, string room = "r1")
    {
        await client.TakeAllAsync();
        var correlationId = await client.SendRequestAsync(sample.Request(room));
        return (await client.TakeAllAsync()).Where(frame => frame.Has("correlationId") && frame.Text("correlationId") == correlationId).Select(frame => frame.Code()).FirstOrDefault();
    }
}
