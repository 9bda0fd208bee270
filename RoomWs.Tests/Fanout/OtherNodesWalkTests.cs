using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>
/// Users with sockets on three nodes do what they like, and what nodes say and which changes they have told comes along as slowly as it likes: when it is quiet, all nodes show the
/// same, and each socket has been told of it.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class OtherNodesWalkTests : IDisposable
{
    private const int Steps = 600;

    private static readonly string[] Users = ["ann", "ben", "cleo"];

    private readonly ManualTimeProvider _time = new();
    private readonly KernelBus _bus = new();
    private readonly List<WalkNode> _nodes = [];

    /// <summary>The changes that are committed, each to be told on each node.</summary>
    private readonly List<Action<WalkNode>> _changes = [];

    private readonly HashSet<string> _members = [.. Users];

    public OtherNodesWalkTests()
    {
        for (var i = 0; i < 3; i++) _nodes.Add(new WalkNode(_bus.Add(), _time));
    }

    public void Dispose() => _nodes.ForEach(node => node.Dispose());

    [Test]
    public async Task All_nodes_come_to_the_same()
    {
        for (var walk = 0; walk < TestScale.Rounds(shortRun: 30, longRun: 1_000); walk++)
        {
            var seed = TestScale.Seed + walk;
            var random = new Random(seed);
            for (var step = 0; step < Steps; step++) Step(random);
            await SettleAsync();
            Compare($"seed {seed}");
        }
    }

    private void Step(Random random)
    {
        var node = _nodes[random.Next(_nodes.Count)];
        var socket = node.Sockets[random.Next(node.Sockets.Count)];
        var (connection, entered) = (socket.Socket.Connection, node.Fanout.Entered);
        switch (random.Next(16))
        {
            case 0 or 1:
                node.Enter(socket);
                break;
            case 2:
                entered.Exit(connection, "r");
                break;
            case 3 or 4:
                entered.MoveCursor(connection, "r", random.Next(100), random.Next(100));
                break;
            case 5 or 6:
                entered.SetTyping(connection, "r", typing: random.Next(2) == 0);
                break;
            case 7:
                Change(socket.UserId, random);
                break;
            case 8 or 9:
                node.TellNext(_changes);
                break;
            case 10 or 11:
                node.End.Speak();
                break;
            case 12 or 13:
                node.End.HearNext();
                break;
            case 14:
                _time.Advance(CursorTicker.Tick);
                break;
            case 15 when random.Next(10) == 0:
                node.End.Lose();
                node.End.Rejoin();
                break;
        }
    }

    private void Change(string userId, Random random)
    {
        if (_members.Add(userId))
        {
            _changes.Add(node => node.Fanout.AnnounceJoin(node.Room, userId, node.Witness));
        }
        else if (random.Next(4) == 0)
        {
            _members.Remove(userId);
            _changes.Add(node => node.Fanout.AnnounceEnd(node.Room, userId, node.Witness));
        }
        else
        {
            _changes.Add(node => node.Fanout.Broadcaster.Announce(new RoomChange("r", node.Room) { Speaker = userId }, node.Witness.Connection, KernelFanout.Message("SAID").Event));
        }
    }

    private async Task SettleAsync()
    {
        foreach (var node in _nodes) node.TellAll(_changes);
        await Deadline.UntilAsync(
            () =>
            {
                _bus.Settle();
                return _nodes.TrueForAll(node => node.End is { CanGoOn: false, IsWaiting: false });
            },
            "all is heard");
        _time.Advance(CursorTicker.Tick);
    }

    private void Compare(string because)
    {
        var live = _nodes.ConvertAll(node => node.Fanout.Rooms.InUse("r")?.Live).OfType<LiveState>().ToList();
        if (live.Count == 0) return;
        var cursors = live[0].Cursors.ToDictionary(cursor => cursor.UserId, cursor => cursor.X, StringComparer.Ordinal);
        var typing = live[0].Typing.Select(user => user.UserId).ToList();
        foreach (var other in live)
        {
            other.Cursors.ToDictionary(cursor => cursor.UserId, cursor => cursor.X, StringComparer.Ordinal).Should().BeEquivalentTo(cursors, because);
            other.Typing.Select(user => user.UserId).Should().BeEquivalentTo(typing, because);
        }

        var entered = _nodes.SelectMany(node => node.Sockets.Where(node.Has)).ToList();
        cursors.Keys.Concat(typing).Should().BeSubsetOf(entered.Select(socket => socket.UserId), because);
        foreach (var socket in entered)
        {
            socket.Look();
            socket.Cursors.Where(cursor => cursor.Key != socket.UserId).Should().BeEquivalentTo(cursors.Where(cursor => cursor.Key != socket.UserId), because);
            socket.Typing.Where(userId => userId != socket.UserId).Should().BeEquivalentTo(typing.Where(userId => userId != socket.UserId), because);
        }
    }

    /// <summary>A node, how far it has told the changes, and its sockets: two of each user, and one that only sees to it that changes have a requester.</summary>
    private sealed class WalkNode : IDisposable
    {
        private readonly long _begin;

        public WalkNode(KernelBus.Node end, ManualTimeProvider time)
        {
            (End, Fanout) = (end, new KernelFanout(end, time));
            Fanout.AddRoom("r", ["witness", .. Users]);
            _begin = Fanout.Told.Value = Fanout.Database.Reads.Read(read => read.Rooms.Position());
            Witness = Fanout.Connect("witness");
            Sockets = [.. Users.Concat(Users).Select(userId => new WalkSocket(userId, Fanout.Connect(userId)))];
            Fanout.Rooms.Find("r");
        }

        public KernelBus.Node End { get; }

        public KernelFanout Fanout { get; }

        public KernelSocket Witness { get; }

        public List<WalkSocket> Sockets { get; }

        public RoomSnapshot Room => Fanout.Rooms.Peek("r")!;

        public bool Has(WalkSocket socket) => Fanout.Rooms.InUse("r")?.Live?.Has(socket.Socket.Connection) == true;

        /// <summary>Enters without waiting for what the others say.</summary>
        public void Enter(WalkSocket socket)
        {
            if (Room.RoleOf(socket.UserId) is null) return;
            var room = Fanout.Rooms.InUse("r")!;
            using (room.Gate.Enter()) socket.Show(Fanout.Entered.EnterLocked(socket.Socket.Connection, "r", room));
        }

        public void TellNext(List<Action<WalkNode>> changes)
        {
            if (Next(changes) is not { } change) return;
            Fanout.Told.Telling = Fanout.Told.Value + 1;
            change(this);
            Fanout.Send();
            Fanout.Told.Value++;
        }

        public void TellAll(List<Action<WalkNode>> changes)
        {
            while (Next(changes) is not null) TellNext(changes);
        }

        private Action<WalkNode>? Next(List<Action<WalkNode>> changes) => changes.ElementAtOrDefault((int)(Fanout.Told.Value - _begin));

        public void Dispose() => Fanout.Dispose();
    }

    /// <summary>A socket, and what its client shows.</summary>
    private sealed class WalkSocket(string userId, KernelSocket socket)
    {
        public string UserId => userId;

        public KernelSocket Socket => socket;

        public Dictionary<string, double> Cursors { get; private set; } = [];

        public HashSet<string> Typing { get; private set; } = [];

        /// <summary>Shows what a ROOM_STATE says.</summary>
        public void Show(LiveState state)
        {
            socket.Take();
            Cursors = state.Cursors.ToDictionary(cursor => cursor.UserId, cursor => cursor.X, StringComparer.Ordinal);
            Typing = [.. state.Typing.Select(user => user.UserId)];
        }

        /// <summary>Shows what the socket was told since.</summary>
        public void Look()
        {
            foreach (var frame in socket.Take()) Look(frame);
        }

        private void Look(JsonElement frame)
        {
            if (frame.Type() == "ROOM_TYPING")
            {
                // An end alone is what is left of one that was told with its beginning.
                if (frame.GetProperty("typing").GetBoolean()) Typing.Add(frame.Text("userId"));
                else Typing.Remove(frame.Text("userId"));
            }

            if (frame.Type() != "ROOM_CURSORS") return;
            foreach (var cursor in frame.GetProperty("cursors").EnumerateArray()) Cursors[cursor.Text("userId")] = cursor.GetProperty("x").GetDouble();
            if (!frame.Has("gone")) return;
            foreach (var gone in frame.Texts("gone")) Cursors.Remove(gone);
        }
    }
}
