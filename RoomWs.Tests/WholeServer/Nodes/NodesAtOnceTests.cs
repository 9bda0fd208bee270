using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>What one node would decide by itself, asked of several at once: one of them is first, and the others know.</summary>
internal sealed class NodesAtOnceTests : NodesTest
{
    private const int MembersPerRoom = 12;

    private static readonly int Rounds = TestScale.Rounds(shortRun: 15, longRun: 300);

    private readonly List<WireSocket> _sockets = [];

    protected override string[] Flags => ["--limits-members-per-room", MembersPerRoom.ToString(CultureInfo.InvariantCulture)];

    [TearDown]
    public void Disconnect()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _sockets.Clear();
    }

    [Test]
    public async Task One_key_on_several_nodes_makes_one_change_and_all_get_its_reply()
    {
        var alice = await OnEachNodeAsync(_ => "alice");
        var roomId = Cluster.NewRoomId();
        for (var round = 0; round < Rounds; round++)
        {
            object request = round == 0 ? new { type = "ROOM_CREATE", roomId } : new { type = "ROOM_MESSAGE", roomId, content = $"{round}" };
            var replies = await Task.WhenAll(alice.Select(socket => socket.AskAsync(request, $"{roomId}-{round}")));
            replies.Select(reply => reply.Body()).Distinct().Should().ContainSingle().Which.Should().NotContain("ERROR");
        }

        foreach (var node in Cluster.Nodes)
        {
            using var reader = new NodeReader(node, "alice");
            (await reader.HistoryAsync(roomId)).Should().Equal(Enumerable.Range(1, Rounds - 1).Select(seq => KeyValuePair.Create((long)seq, $"{seq}")));
        }
    }

    [Test]
    public async Task The_last_place_in_a_room_is_given_once()
    {
        var joiners = await OnEachNodeAsync(number => $"joiner{number}");
        using var owner = await WireSocket.ConnectAsync(new Uri($"{Cluster.Nodes[0].Url}?user=owner"));
        for (var round = 0; round < Rounds; round++)
        {
            var roomId = Cluster.NewRoomId();
            (await owner.AskAsync(new { type = "ROOM_CREATE", roomId, memberIds = Enumerable.Range(1, MembersPerRoom - 2).Select(number => $"member{number}") })).Type().Should().Be("ROOM_CREATED");

            var replies = await Task.WhenAll(joiners.Select(joiner => joiner.AskAsync(new { type = "ROOM_JOIN", roomId })));

            replies.Select(reply => reply.Code() ?? "joined").Order(StringComparer.Ordinal).Should().Equal("JOIN_FAILED", "JOIN_FAILED", "joined");
            replies.Single(reply => reply.Code() is null).Texts("members").Should().HaveCount(MembersPerRoom);
        }
    }

    [Test]
    public async Task Of_owner_and_heir_who_leave_at_once_nobody_is_left_as_owner()
    {
        var sockets = await OnEachNodeAsync(number => $"user{number}");
        for (var round = 0; round < Rounds; round++)
        {
            var (roomId, hasThird) = (Cluster.NewRoomId(), round % 2 == 0);
            await sockets[0].AskAsync(new { type = "ROOM_CREATE", roomId, memberIds = hasThird ? new[] { "user1", "user2" } : ["user1"] });

            var replies = await Task.WhenAll(sockets.Take(2).Select(socket => socket.AskAsync(new { type = "ROOM_LEAVE", roomId })));

            replies.Select(reply => reply.Type()).Should().Equal("ROOM_LEAVE_RESPONSE", "ROOM_LEAVE_RESPONSE");
            // A change is never behind what was answered elsewhere.
            var (request, expected, version) = hasThird
                ? ((object)new { type = "ROOM_UPDATE_META", roomId, patch = new { joinPolicy = "INVITE" } }, "ROOM_UPDATED", 4)
                : (new { type = "ROOM_CREATE", roomId }, "ROOM_CREATED", 1);
            var then = await sockets[2].AskAsync(request);
            then.Type().Should().Be(expected, then.GetRawText());
            (then.Has("room") ? then.Room() : then).Version().Should().Be(version);
            (await sockets[2].AskAsync(new { type = "ROOM_INFO", roomId })).Room().Roster().Should().Be("user2=OWNER");
        }
    }

    [Test]
    public async Task A_room_that_is_made_again_under_its_id_on_another_node_is_another_room_on_all()
    {
        var roomId = Cluster.NewRoomId();
        var heard = Cluster.Nodes.Select(_ => new List<string>()).ToList();
        var listeners = await Task.WhenAll(Cluster.Nodes.Select((node, number) => NodeConnection.TryOpenAsync(node.Url!, $"listener{number}", frame => Hear(heard[number], frame))));
        await Task.WhenAll(listeners.Select(listener => listener!.AskAsync(new JsonObject { ["type"] = "PING" })));
        var owner = await OnEachNodeAsync(_ => "alice");
        var epochs = new List<string>();
        for (var round = 0; round <= Rounds; round++)
        {
            var created = await owner[round % owner.Length].AskAsync(new { type = "ROOM_CREATE", roomId, memberIds = listeners.Select((_, number) => $"listener{number}") });
            epochs.Add(created.Room().Text("epoch"));
            for (var i = 1; i <= 2; i++) (await owner[(round + 1) % owner.Length].AskAsync(new { type = "ROOM_MESSAGE", roomId, content = $"{round}-{i}" })).Number("seq").Should().Be(i);
            if (round < Rounds) (await owner[(round + 2) % owner.Length].AskAsync(new { type = "ROOM_DELETE", roomId })).Type().Should().Be("ROOM_DELETED");
        }

        epochs.Should().OnlyHaveUniqueItems();
        foreach (var (listener, events) in listeners.Zip(heard))
        {
            await Deadline.UntilAsync(() => Snapshot(events).EndsWith($"v1 {Rounds}-1@1 {Rounds}-2@2", StringComparison.Ordinal), "all of them are told");
            var rooms = Snapshot(events).Split(" deleted ");
            rooms.Should().HaveCount(Rounds + 1);
            // What was said last may be gone when another node comes to tell it.
            foreach (var (round, told) in rooms.Index()) $"v1 {round}-1@1 {round}-2@2".Should().StartWith(told);
            var resumed = await listener!.AskAsync(
                new JsonObject { ["type"] = "RESUME", ["rooms"] = new JsonArray(new JsonObject { ["roomId"] = roomId, ["afterSeq"] = 2, ["epoch"] = epochs[^2] }) },
                last: "RESYNC_COMPLETE");
            resumed!.Value.Texts("resetRooms").Should().Equal(roomId);
            listener.Dispose();
        }

        void Hear(List<string> events, JsonElement frame)
        {
            if (!frame.Has("roomId") || frame.Text("roomId") != roomId || frame.Has("correlationId")) return;
            lock (events)
            {
                events.Add(frame.Type() switch
                {
                    "ROOM_MESSAGE" => $"{frame.Text("content")}@{frame.Number("seq")}",
                    "ROOM_MEMBERS_UPDATED" => $"v{frame.Version()}",
                    "ROOM_DELETED" => "deleted",
                    var type => type,
                });
            }
        }

        static string Snapshot(List<string> events)
        {
            lock (events) return string.Join(' ', events);
        }
    }

    [Test]
    public async Task Whoever_resumes_on_one_node_while_others_write_hears_each_message_once() =>
        await UnderLoadAsync(async (_, run) =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var listener in run.Listeners) listener.Drop();
                await run.GoOnAsync();
            }
        });

    private async Task<WireSocket[]> OnEachNodeAsync(Func<int, string> user)
    {
        var sockets = await Task.WhenAll(Cluster.Nodes.Select((node, number) => WireSocket.ConnectAsync(new Uri($"{node.Url}?user={user(number)}"))));
        _sockets.AddRange(sockets);
        return sockets;
    }
}
