using System.Text.Json;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Model;

/// <summary>Whatever four users do to two rooms, the server and every client end where the rules say.</summary>
internal sealed class RoomModelTests : EndToEndTest
{
    private const int Sequences = 400;
    private const int LongestSequence = 100;

    /// <summary>Whoever owns the room when it is this step's turn: a caller taken blindly is refused three times out of four.</summary>
    private const string Owner = "owner";

    /// <summary>Whoever asks to be let in when it is this step's turn.</summary>
    private const string Asker = "asker";

    /// <summary>Whoever is not in the room when it is this step's turn.</summary>
    private const string Outsider = "outsider";

    private static readonly string[] Users = ["ann", "ben", "cat", "dan"];
    private static readonly string[] Callers = [.. Users, Owner, Owner, Owner, Owner, Outsider, Outsider, Asker];
    private static readonly string[] Targets = [.. Users, Asker, Asker, Asker, Asker];

    /// <summary>What fills rooms and makes their members differ comes more often than what ends them.</summary>
    private static readonly StepKind[] Kinds =
    [
        .. Enum.GetValues<StepKind>(),
        .. new[] { StepKind.Join, StepKind.Invite, StepKind.Accept, StepKind.JoinByCode, StepKind.Leave, StepKind.Remove, StepKind.Create },
        .. new[] { StepKind.Join, StepKind.Invite, StepKind.Accept, StepKind.JoinByCode, StepKind.Promote, StepKind.Approve, StepKind.SetPolicy },
        .. new[] { StepKind.Join, StepKind.Invite, StepKind.Accept, StepKind.JoinByCode, StepKind.Promote, StepKind.Approve, StepKind.Cancel },
    ];

    /// <summary>It moves with the steps alone, so that the order of requests and invites, and when these expire, can be told beforehand.</summary>
    private readonly ManualTimeProvider _time = new();

    private int _run;

    protected override TimeProvider Time => _time;

    [Test]
    public async Task Any_sequence_of_requests_ends_as_the_model_says_on_the_server_and_on_every_socket()
    {
        // Each user asks on one socket and listens on two others, which know what the broadcasts say and nothing else. One of these takes deltas,
        // and so do half of the askers.
        var askers = await Task.WhenAll(Users.Select((user, i) => i % 2 == 0 ? ConnectAsync(user) : Server.ConnectWithDeltasAsync(user)));
        var listeners = await Task.WhenAll(Users.Select(ConnectAsync));
        var deltaListeners = await Task.WhenAll(Users.Select(Server.ConnectWithDeltasAsync));
        var step =
            from kind in Gen.Elements(Kinds)
            from caller in Gen.Elements(Callers)
            from room in Gen.Elements(1, 1, 1, 2)
            from target in Gen.Elements(Targets)
            from pick in Gen.Choose(0, 3)
            select new Step(kind, caller, $"r{room}", target, pick);
        // A room has to be there, with more than two members, for most steps to do anything: each sequence begins with one.
        var sequences =
            from policy in Gen.Elements(0, 1, 1, 2)
            from steps in step.ListOf()
            select (Step[])[new(StepKind.Create, "ann", "r1", "ben", policy), new(StepKind.Join, "cat", "r1", "cat", 0), .. steps];

        Prop.ForAll(Arb.From(sequences, Shorter), steps => RunAsync(steps, askers, listeners, deltaListeners).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Sequences).WithStartSize(10).WithEndSize(LongestSequence));
    }

    private static IEnumerable<Step[]> Shorter(Step[] steps) => Enumerable.Range(0, steps.Length).Select(i => (Step[])[.. steps[..i], .. steps[(i + 1)..]]);

    private async Task RunAsync(Step[] steps, TestClient[] askers, params TestClient[][] listeners)
    {
        // Every run has rooms of its own: after a failure, shorter ones look for its cause, and must not see what the failed one left.
        var prefix = $"run{++_run}-";
        var model = RoomModel.At(_time.UtcNow);
        var asked = Users.Select(user => new RoomView(user, prefix)).ToArray();
        var invites = new List<JsonElement>();
        foreach (var drawn in steps)
        {
            var step = Resolve(drawn with { Room = prefix + drawn.Room }, model);
            var (inviteId, code) = model.InviteOf(step) is { } number ? (invites[number].Text("inviteId"), invites[number].Text("code")) : ("none", "none");
            (var expected, model) = model.Apply(step);
            _time.UtcNow += step.Takes;
            var asker = Array.IndexOf(Users, step.Caller);
            var reply = await askers[asker].RequestAsync(step.ToRequest(inviteId, code));
            Result(reply).Should().Be(expected, "{0} got {1}", step, reply.GetRawText());
            if (reply.Type() == "ROOM_INVITE_CREATED") invites.Add(reply.GetProperty("invite"));

            // What came before the reply is older than the reply.
            await TakeKeptAsync(askers[asker], asked[asker]);
            asked[asker].Take(reply);
        }

        for (var i = 0; i < Users.Length; i++)
        {
            var expected = Expected(model, Users[i]);
            await CheckAsync(askers[i], asked[i], expected);
            foreach (var listener in listeners) await CheckAsync(listener[i], new RoomView(Users[i], prefix), expected);
            asked[i].WaitingFor.Should().Be(string.Join(' ', model.Rooms.Where(room => room.Value.Asking.Contains(Users[i])).Select(room => room.Key)));
        }

        foreach (var (roomId, room) in model.Rooms) await CheckStoredAsync(askers, roomId, room, model, invites);
    }

    private static async Task CheckStoredAsync(TestClient[] askers, string roomId, ModelRoom room, RoomModel model, List<JsonElement> invites)
    {
        var owner = askers[Array.IndexOf(Users, room.Members.Single(member => member.Role == "OWNER").User)];
        var stored = await owner.RoomAsync(roomId);
        stored.Roster().Should().Be(room.Roster);
        stored.Version().Should().Be(room.Version);
        stored.Meta().Text("name").Should().Be(room.Name);
        stored.Meta().Text("joinPolicy").Should().Be(room.Policy);
        (await owner.RequestersAsync(roomId)).Should().Equal(room.Asking);
        (await owner.InvitesAsync(roomId)).Select(Line).Should().Equal(model.Invites
            .Select((invite, i) => (invite, Id: invites[i].Text("inviteId")))
            .Where(listed => listed.invite.Room == roomId && !listed.invite.IsGone)
            .Select(listed => $"{listed.Id} {listed.invite.CreatedBy} {listed.invite.CreatedAt} {listed.invite.ExpiresAt} {listed.invite.UsedBy}"));

        static string Line(JsonElement invite) =>
            $"{invite.Text("inviteId")} {invite.Text("createdBy")} {invite.Number("createdAt")} {invite.Number("expiresAt")} {invite.Text("usedBy")}";
    }

    /// <summary>A reply in the model's words. What is wrong with an invite is said by the message, as several things share a code.</summary>
    private static string Result(JsonElement reply) => reply.Code() switch
    {
        null => reply.Type() == "ROOM_JOIN_PENDING" ? RoomModel.Pending : RoomModel.Ok,
        var code when reply.Message() is var message && (message.StartsWith("Invitation ", StringComparison.Ordinal) || message == "Already a member") => $"{code} {message}",
        var code => code,
    };

    private static Step Resolve(Step step, RoomModel model)
    {
        var room = model.Rooms.GetValueOrDefault(step.Room);
        return step with { Caller = User(step.Caller), Target = User(step.Target) };

        string User(string drawn) => drawn switch
        {
            Owner => room?.Members.Find(member => member.Role == "OWNER")?.User ?? Users[0],
            Asker => room?.Asking.FirstOrDefault() ?? Users[^1],
            Outsider => Array.Find(Users, user => room?.RoleOf(user) is null) ?? Users[^1],
            _ => drawn,
        };
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
        .Select(room => $"{room.Key} \"{room.Value.Name}\" v{room.Value.Version} {room.Value.Roster} [{Asking(room.Value, user)}]"));

    private static string Asking(ModelRoom room, string user) => room.IsLedBy(user) ? string.Join(' ', room.Asking.Sort(StringComparer.Ordinal)) : "";
}
