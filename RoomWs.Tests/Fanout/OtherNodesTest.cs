using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>Two nodes or more, and a room r of ann, ben and cleo.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal abstract class OtherNodesTest : IDisposable
{
    protected OtherNodesTest(int nodes = 2)
    {
        Ends = [.. Enumerable.Range(0, nodes).Select(_ => Bus.Add())];
        Nodes = [.. Ends.Select(end => new KernelFanout(end, Clock))];
        foreach (var node in Nodes) node.AddRoom("r", "ann", "ben", "cleo");
    }

    protected ManualTimeProvider Clock { get; } = new();

    protected KernelBus Bus { get; } = new();

    protected KernelBus.Node[] Ends { get; }

    protected KernelFanout[] Nodes { get; }

    public void Dispose()
    {
        foreach (var node in Nodes) node.Dispose();
    }

    protected LiveState? Live(int node) => Nodes[node].Rooms.InUse("r")?.Live;

    protected async Task<KernelSocket> EnterAsync(int node, string userId, bool settles = true)
    {
        Bus.Settle();
        var socket = Nodes[node].Connect(userId);
        var room = Nodes[node].Rooms.Find("r")!.Room;
        var entering = Nodes[node].Entered.HearOthersAsync(socket.Connection, "r", room);
        Bus.Settle();
        if (settles) await entering.OrFailAsync("the answers of the others");
        using (room.Gate.Enter()) Nodes[node].Entered.EnterLocked(socket.Connection, "r", room);
        Clock.Advance(CursorTicker.Tick);
        Bus.Settle();
        foreach (var each in Nodes) each.TakeAll();
        return socket;
    }

    /// <summary>Enters without waiting for what the others say, and without saying anything to them yet.</summary>
    protected KernelSocket EnterAtOnce(int node, string userId)
    {
        var socket = Nodes[node].Connect(userId);
        var room = Nodes[node].Rooms.Find("r")!.Room;
        using (room.Gate.Enter()) Nodes[node].Entered.EnterLocked(socket.Connection, "r", room);
        return socket;
    }

    protected void Move(int node, KernelSocket socket, double x = 0) => Nodes[node].Entered.MoveCursor(socket.Connection, "r", x, 0).Should().BeNull();

    protected void Type(int node, KernelSocket socket, bool typing = true) => Nodes[node].Entered.SetTyping(socket.Connection, "r", typing).Should().BeNull();

    protected void Say(int node, string userId, KernelSocket requester)
    {
        Nodes[node].Broadcaster.Announce(new RoomChange("r", Nodes[node].Rooms.Peek("r")!) { Speaker = userId }, requester.Connection, KernelFanout.Message("SAID").Event);
        Nodes[node].Send();
    }

    protected void Join(int node, string userId, long position)
    {
        Nodes[node].Told.Telling = position;
        Nodes[node].AnnounceJoin(Nodes[node].Rooms.Peek("r")!, userId, Nodes[node].Connect("ann"));
        Nodes[node].Send();
        Nodes[node].Told.Value = position;
    }

    protected static IEnumerable<string> Take(params KernelSocket[] sockets) => [.. sockets.SelectMany(socket => socket.Take()).SelectMany(What)];

    private static IEnumerable<string> What(JsonElement frame) => frame.Type() switch
    {
        "ROOM_TYPING" => [$"{frame.Text("userId")} {(frame.GetProperty("typing").GetBoolean() ? "types" : "stops")}"],
        "ROOM_CURSORS" =>
        [
            .. frame.GetProperty("cursors").EnumerateArray().Select(cursor => $"{cursor.Text("userId")} at {cursor.Number("x")}"),
            .. frame.Has("gone") ? frame.Texts("gone").Select(userId => $"{userId} gone") : [],
        ],
        var type => [type],
    };
}
