using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>However three tabs of a user come and go, each real absence is told once at its beginning and once at its end.</summary>
internal sealed class PresenceModelTests : EndToEndTest
{
    private const int Tabs = 3;

    /// <summary>On PostgreSQL each coming and going waits for a write that comes ten times a second.</summary>
    private static readonly int Sequences = PostgresDatabase.IsGiven ? 10 : 60;

    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1_200);

    private readonly ManualTimeProvider _time = new();
    private int _run;

    /// <summary>What happens to a tab, or to time.</summary>
    private enum Act
    {
        Toggle,
        HalfOfGrace,
        AllOfGrace,
    }

    private sealed record Step(Act Act, int Tab);

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options) => options.Limits.PresenceMembers = 1_000;

    [Test]
    public async Task Any_sequence_of_tabs_opened_and_closed_is_told_as_the_model_says()
    {
        var watcher = await ConnectAsync("watcher");
        var step =
            from act in Gen.Frequency((5, Gen.Constant(Act.Toggle)), (2, Gen.Constant(Act.HalfOfGrace)), (2, Gen.Constant(Act.AllOfGrace)))
            from tab in Gen.Choose(0, Tabs - 1)
            select new Step(act, tab);

        Prop.ForAll(Arb.From(step.ListOf().Select(steps => steps.ToArray()), Shorter), steps => RunAsync(steps, watcher).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Sequences).WithStartSize(5).WithEndSize(30));
    }

    private static IEnumerable<Step[]> Shorter(Step[] steps) => Enumerable.Range(0, steps.Length).Select(i => (Step[])[.. steps[..i], .. steps[(i + 1)..]]);

    private async Task RunAsync(Step[] steps, TestClient watcher)
    {
        // Every run has a user and a room of its own, so that none sees what a failed one left.
        var (user, roomId) = ($"user{++_run}", $"r{_run}");
        await watcher.CreateRoomAsync(roomId, members: [user]);
        var tabs = new TestClient?[Tabs];
        var (expected, told) = (new List<string>(), new List<string>());
        var isOnline = false;
        TimeSpan? grace = null;
        // At the end everything is closed and every grace over: a last OFFLINE shows that nothing else was on its way.
        Step[] end = [new(Act.Toggle, 0), .. Enumerable.Range(0, Tabs).Select(tab => new Step(Act.Toggle, tab)), new(Act.AllOfGrace, 0)];
        foreach (var (act, tab) in steps.Concat(end).Select((step, i) => (Resolve(step, tabs, i - steps.Length), step.Tab)))
        {
            switch (act)
            {
                case Act.Toggle when tabs[tab] is { } open:
                    tabs[tab] = null;
                    var isLast = tabs.All(other => other is null);
                    await EndAsync(open, isLast);
                    if (isLast) grace = Grace;
                    break;
                case Act.Toggle:
                    tabs[tab] = await ConnectAsync(user);
                    await tabs[tab]!.SettleAsync();
                    if (!isOnline) expected.Add("ONLINE");
                    (isOnline, grace) = (true, null);
                    break;
                case Act.HalfOfGrace or Act.AllOfGrace:
                    var by = act == Act.AllOfGrace ? Grace : Grace / 2;
                    _time.Advance(by);
                    grace -= by;
                    if (grace <= TimeSpan.Zero)
                    {
                        expected.Add("OFFLINE");
                        (isOnline, grace) = (false, null);
                    }

                    break;
            }

            while (told.Count < expected.Count)
            {
                var frame = await watcher.ExpectAsync("ROOM_PRESENCE");
                frame.Text("userId").Should().Be(user);
                told.Add(frame.Text("status"));
            }

            told.Should().Equal(expected);
            (await IsOnlineAsync(watcher, roomId, user)).Should().Be(isOnline);
        }

        await watcher.ExpectNothingAsync();
        expected.Should().HaveCountGreaterThan(1).And.HaveElementAt(expected.Count - 1, "OFFLINE");
    }

    /// <summary>Of the steps of the end, the first opens a tab if it is closed, and the others close those that are open.</summary>
    private static Act? Resolve(Step step, TestClient?[] tabs, int endStep) => endStep switch
    {
        < 0 => step.Act,
        0 => tabs[step.Tab] is null ? step.Act : null,
        <= Tabs => tabs[step.Tab] is null ? null : step.Act,
        _ => step.Act,
    };

    /// <summary>Closes a tab; the server has noticed when this is done, and begun the grace where it was the last.</summary>
    private async Task EndAsync(TestClient client, bool isLast)
    {
        var (timers, connections) = (_time.PendingTimers, Server.Connections.Count());
        await client.CloseAsync();
        await Deadline.UntilAsync(() => isLast ? _time.PendingTimers > timers : Server.Connections.Count() < connections, "the connection has ended");
    }

    private static async Task<bool> IsOnlineAsync(TestClient client, string roomId, string userId) =>
        (await client.SucceedAsync("ROOM_CREATED", new { type = "ROOM_MEMBERS", roomId })).GetProperty("memberDetails").EnumerateArray()
        .Single(member => member.Text("userId") == userId).GetProperty("online").GetBoolean();
}
