using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.EndToEnd;

/// <summary>Whatever four users do to two rooms, the server and every client end where the rules say.</summary>
internal sealed class RoomModelTests : EndToEndTest
{
    private const int Sequences = 150;
    private const int LongestSequence = 40;

    private static readonly string[] Users = ["ann", "ben", "cat", "dan"];

    private int _run;

    [Test]
    public async Task Any_sequence_of_requests_ends_as_the_model_says_on_the_server_and_on_every_socket()
    {
        // Each user asks on one socket and listens on another, which knows what the broadcasts say and nothing else.
        var askers = await Task.WhenAll(Users.Select(ConnectAsync));
        var listeners = await Task.WhenAll(Users.Select(ConnectAsync));
        var step =
            from kind in Gen.Elements(Enum.GetValues<StepKind>())
            from caller in Gen.Choose(0, Users.Length - 1)
            from room in Gen.Choose(1, 2)
            from target in Gen.Choose(0, Users.Length - 1)
            select new Step(kind, Users[caller], $"r{room}", Users[target]);
        // Most rooms have to be there for the rest to do anything: each sequence begins with one.
        var sequences = step.ListOf().Select(steps => (Step[])[new(StepKind.Create, "ann", "r1", "ben"), .. steps]);

        Prop.ForAll(Arb.From(sequences, Shorter), steps => RunAsync(steps, askers, listeners).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Sequences).WithStartSize(5).WithEndSize(LongestSequence));
    }

    private static IEnumerable<Step[]> Shorter(Step[] steps) => Enumerable.Range(0, steps.Length).Select(i => (Step[])[.. steps[..i], .. steps[(i + 1)..]]);

    private async Task RunAsync(Step[] steps, TestClient[] askers, TestClient[] listeners)
    {
        // Every run has rooms of its own, also the shorter ones that look for the cause of a failure.
        var prefix = $"run{++_run}-";
        var model = RoomModel.Empty;
        var asked = Users.Select(user => new RoomView(user)).ToArray();
        foreach (var step in steps.Select(step => step with { Room = prefix + step.Room }))
        {
            (var expected, model) = model.Apply(step);
            var asker = Array.IndexOf(Users, step.Caller);
            var reply = await askers[asker].RequestAsync(Request(step));
            (reply.Code() ?? RoomModel.Ok).Should().Be(expected, "{0} got {1}", step, reply.GetRawText());

            // What came before the reply is older than the reply.
            await TakeKeptAsync(askers[asker], asked[asker]);
            asked[asker].Take(reply);
        }

        for (var i = 0; i < Users.Length; i++)
        {
            var expected = Expected(model, Users[i]);
            await CheckAsync(askers[i], asked[i], expected);
            await CheckAsync(listeners[i], new RoomView(Users[i]), expected);
        }

        foreach (var (roomId, room) in model.Rooms)
        {
            room.Members.Count(member => member.Role == "OWNER").Should().Be(1);
            var stored = await askers[Array.IndexOf(Users, room.Members[0].User)].RoomAsync(roomId);
            stored.Roster().Should().Be(room.Roster);
            stored.Version().Should().Be(room.Version);
            stored.Meta().Text("name").Should().Be(room.Name);
        }
    }

    private static async Task TakeKeptAsync(TestClient client, RoomView view)
    {
        while (client.Received.Count > 0) view.Take(await client.NextAsync());
    }

    private static async Task CheckAsync(TestClient client, RoomView view, string expected)
    {
        await client.RequestAsync(new { type = "PING" });
        await TakeKeptAsync(client, view);
        view.Faults.Should().BeEmpty();
        view.ToString().Should().Be(expected);
    }

    private static string Expected(RoomModel model, string user) => string.Join("; ", model.Rooms
        .Where(room => room.Value.RoleOf(user) is not null)
        .Select(room => $"{room.Key} \"{room.Value.Name}\" v{room.Value.Version} {room.Value.Roster}"));

    private static object Request(Step step)
    {
        var (roomId, userId) = (step.Room, step.Target);
        return step.Kind switch
        {
            StepKind.Create => new { type = "ROOM_CREATE", roomId, memberIds = new[] { userId } },
            StepKind.Rename => new { type = "ROOM_UPDATE_META", roomId, patch = new { name = RoomModel.NewName(step) } },
            StepKind.StaleRename => new { type = "ROOM_UPDATE_META", roomId, patch = new { name = "never" }, ifVersion = 0 },
            StepKind.Add => new { type = "ROOM_ADD_MEMBERS", roomId, userIds = new[] { userId } },
            StepKind.Remove => new { type = "ROOM_REMOVE_MEMBER", roomId, userId },
            StepKind.Promote => new { type = "ROOM_SET_ROLE", roomId, userId, role = "ADMIN" },
            StepKind.Demote => new { type = "ROOM_SET_ROLE", roomId, userId, role = "MEMBER" },
            StepKind.Transfer => new { type = "ROOM_SET_ROLE", roomId, userId, role = "OWNER" },
            StepKind.Leave => new { type = "ROOM_LEAVE", roomId },
            StepKind.Join => new { type = "ROOM_JOIN", roomId },
            _ => new { type = "ROOM_DELETE", roomId },
        };
    }
}
