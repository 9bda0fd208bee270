using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.EndToEnd;

/// <summary>Whatever four users do to two rooms, the server and every client end where the rules say.</summary>
internal sealed class RoomModelTests : EndToEndTest
{
    private const int Sequences = 200;
    private const int LongestSequence = 40;

    /// <summary>Whoever owns the room when it is this step's turn: a caller taken blindly is refused three times out of four.</summary>
    private const string Owner = "owner";

    private static readonly string[] Users = ["ann", "ben", "cat", "dan"];
    private static readonly string[] Callers = [.. Users, Owner, Owner, Owner, Owner];

    /// <summary>What fills rooms and makes their members differ comes more often than what ends them.</summary>
    private static readonly StepKind[] Kinds = [.. Enum.GetValues<StepKind>(), StepKind.Add, StepKind.Add, StepKind.Join, StepKind.Join, StepKind.Promote, StepKind.Promote, StepKind.Leave];

    private int _run;

    [Test]
    public async Task Any_sequence_of_requests_ends_as_the_model_says_on_the_server_and_on_every_socket()
    {
        // Each user asks on one socket and listens on another, which knows what the broadcasts say and nothing else.
        var askers = await Task.WhenAll(Users.Select(ConnectAsync));
        var listeners = await Task.WhenAll(Users.Select(ConnectAsync));
        var step =
            from kind in Gen.Elements(Kinds)
            from caller in Gen.Elements(Callers)
            from room in Gen.Choose(1, 2)
            from target in Gen.Elements(Users)
            select new Step(kind, caller, $"r{room}", target);
        // A room has to be there, with more than two members, for most steps to do anything: each sequence begins with one.
        var sequences = step.ListOf().Select(steps => (Step[])[new(StepKind.Create, "ann", "r1", "ben"), new(StepKind.Join, "cat", "r1", "cat"), .. steps]);

        Prop.ForAll(Arb.From(sequences, Shorter), steps => RunAsync(steps, askers, listeners).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Sequences).WithStartSize(5).WithEndSize(LongestSequence));
    }

    private static IEnumerable<Step[]> Shorter(Step[] steps) => Enumerable.Range(0, steps.Length).Select(i => (Step[])[.. steps[..i], .. steps[(i + 1)..]]);

    private async Task RunAsync(Step[] steps, TestClient[] askers, TestClient[] listeners)
    {
        // Every run has rooms of its own: after a failure, shorter ones look for its cause, and must not see what the failed one left.
        var prefix = $"run{++_run}-";
        var model = RoomModel.Empty;
        var asked = Users.Select(user => new RoomView(user, prefix)).ToArray();
        foreach (var drawn in steps)
        {
            var step = Resolve(drawn with { Room = prefix + drawn.Room }, model);
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
            await CheckAsync(listeners[i], new RoomView(Users[i], prefix), expected);
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

    private static Step Resolve(Step step, RoomModel model) => step.Caller != Owner
        ? step
        : step with { Caller = model.Rooms.GetValueOrDefault(step.Room)?.Members.Find(member => member.Role == "OWNER")?.User ?? Users[0] };

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
