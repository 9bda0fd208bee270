using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Transport;

/// <summary>What waits for a socket that is slow, paused or closed. A slow one has a first frame on its way, behind which all else waits.</summary>
internal sealed class OutboxTests
{
    [Test]
    public void What_is_sent_several_times_before_the_start_of_a_batch_goes_to_one_socket()
    {
        using var socket = new KernelSocket("ann");
        var batch = new SendBatch();
        Tell(socket, "1", batch);
        Tell(socket, "2", batch);

        socket.Take().Should().BeEmpty();
        batch.Start().Should().Be(1);
        batch.Start().Should().Be(0);
        socket.TakeTypes().Should().Equal("1", "2");
    }

    [Test]
    public void Every_socket_of_a_large_batch_is_sent_to()
    {
        var sockets = Enumerable.Range(0, 500).Select(i => new KernelSocket($"user{i}")).ToList();
        var batch = new SendBatch();
        foreach (var socket in sockets) Tell(socket, "EVENT", batch);

        batch.Start().Should().Be(500);
        // The last pieces may be with a helper still.
        foreach (var socket in sockets)
        {
            SpinWait.SpinUntil(() => socket.Connection.WaitingBytes == 0, Deadline.Span).Should().BeTrue();
            socket.TakeTypes().Should().Equal("EVENT");
            socket.Dispose();
        }
    }

    [Test]
    public async Task Whoever_reads_too_slowly_for_what_others_send_is_closed_and_what_waits_is_dropped()
    {
        using var socket = Slow(limit: 2_000);
        for (var i = 0; i < 100; i++) Tell(socket, "EVENT");

        socket.Connection.Closing!.Code.Should().Be(CloseCode.SlowConsumer);
        socket.Connection.WaitingBytes.Should().BeLessThan(500, "no memory waits for the reader");
        socket.TakeTypes().Should().Equal("ON ITS WAY");
        socket.CloseCode.Should().Be((int)CloseCode.SlowConsumer);
        await socket.Connection.Closed.OrFailAsync("the close");

        Tell(socket, "LATE");
        socket.Take().Should().BeEmpty();
    }

    [Test]
    public void Replies_are_the_client_s_own_doing_and_close_nothing()
    {
        using var socket = Slow(limit: 2_000);
        for (var i = 0; i < 100; i++) socket.Connection.Reply(KernelFanout.Message("REPLY").Event);

        socket.Connection.Closing.Should().BeNull();
        socket.TakeTypes().Should().HaveCount(101);
    }

    [Test]
    public void One_message_may_be_larger_than_all_that_may_wait()
    {
        using var socket = new KernelSocket("ann", outboundBytes: 1_000);
        Tell(socket, new string('X', 5_000));

        socket.Connection.Closing.Should().BeNull();
        socket.Take().Should().ContainSingle();
    }

    [Test]
    public async Task Whoever_asks_faster_than_it_reads_is_heard_no_further_until_half_is_read()
    {
        using var socket = Slow(limit: 2_000);
        socket.Connection.RoomForRepliesAsync().IsCompleted.Should().BeTrue();
        while (socket.Connection.WaitingBytes <= 1_000) socket.Connection.Reply(KernelFanout.Message("REPLY").Event);
        var room = socket.Connection.RoomForRepliesAsync();
        room.IsCompleted.Should().BeFalse();

        socket.Take();
        await room.OrFailAsync("room for replies");
    }

    [TestCase(16_000, true)]
    [TestCase(16_001, false)]
    public async Task Where_eight_times_as_much_waits_for_all_sockets_of_a_user_each_is_heard_on_when_nothing_waits_for_it(long waiting, bool isHeard)
    {
        using var socket = new KernelSocket("ann", isSlow: true, outboundBytes: 2_000, waitingOfUser: userId => userId == "ann" ? waiting : 0);
        socket.Connection.RoomForRepliesAsync().IsCompleted.Should().BeTrue("it has taken all that was sent to it");
        Tell(socket, "ON ITS WAY");
        var room = socket.Connection.RoomForRepliesAsync();
        room.IsCompleted.Should().Be(isHeard);

        socket.Take();
        await room.OrFailAsync("room for replies");
    }

    [Test]
    public void Small_frames_and_large_ones_whose_fields_are_shared_come_whole_and_in_order()
    {
        using var socket = new KernelSocket("ann");
        var large = new[] { 5_000, 12_000, 100_000 }.Select(length => (OutboundMessage)new RoomDeleted(new string('r', length))).ToArray();
        for (var i = 0; i < 60; i++)
        {
            var message = i % 3 == 0 ? KernelFanout.Message("SMALL") : large[i / 3 % 3];
            socket.Connection.Reply(message.Reply(new CorrelationId(Encoding.ASCII.GetBytes($"{i}"))));
        }

        socket.Connection.FlushReplies();

        var taken = socket.Take();
        taken.Select(frame => frame.Number("correlationId")).Should().Equal(Enumerable.Range(0, 60).Select(i => (long)i));
        taken.Where((_, i) => i % 3 != 0).Select(frame => frame.Text("roomId").Length).Should().Equal(Enumerable.Range(0, 60).Where(i => i % 3 != 0).Select(i => new[] { 5_000, 12_000, 100_000 }[i / 3 % 3]));
    }

    [Test]
    public void What_others_send_in_a_pause_comes_behind_the_replies_that_the_pause_is_for()
    {
        using var socket = new KernelSocket("ann");
        Tell(socket, "BEFORE");
        socket.Connection.PauseEvents();
        Tell(socket, "MEANWHILE");
        socket.Connection.Reply(KernelFanout.Message("REPLY").Event);
        socket.Connection.FlushReplies();
        socket.TakeTypes().Should().Equal("BEFORE", "REPLY");

        socket.Connection.ResumeEvents();
        socket.TakeTypes().Should().Equal("MEANWHILE");
        Tell(socket, "BEHIND");
        socket.TakeTypes().Should().Equal("BEHIND");
    }

    [Test]
    public void What_is_set_aside_in_a_pause_is_bounded_too()
    {
        using var socket = new KernelSocket("ann", outboundBytes: 2_000);
        socket.Connection.PauseEvents();
        for (var i = 0; i < 100; i++) Tell(socket, "EVENT");

        socket.Connection.Closing!.Code.Should().Be(CloseCode.SlowConsumer);
        socket.TakeTypes().Should().BeEmpty();
        socket.CloseCode.Should().Be((int)CloseCode.SlowConsumer);
    }

    [Test]
    public async Task A_close_comes_behind_what_waits_and_the_first_one_wins()
    {
        using var socket = Slow(limit: 10_000);
        Tell(socket, "EVENT");
        socket.Connection.Close(CloseCode.TokenExpired, "first");
        socket.Connection.Close(CloseCode.RateAbuse, "second");
        Tell(socket, "LATE");

        socket.TakeTypes().Should().Equal("ON ITS WAY", "EVENT");
        socket.CloseCode.Should().Be((int)CloseCode.TokenExpired);
        socket.Connection.Closing.Should().Be(new Closing(CloseCode.TokenExpired, "first"));
        await socket.Connection.Closed.OrFailAsync("the close");
    }

    [Test]
    public void Whoever_is_gone_is_sent_nothing_more_and_nothing_waits_for_it()
    {
        using var socket = Slow(limit: 10_000);
        var onItsWay = socket.Connection.WaitingBytes;
        Tell(socket, "EVENT");
        socket.GoAway();
        Tell(socket, "LATE");

        socket.Connection.WaitingBytes.Should().Be(onItsWay, "what waited behind it is dropped");
        socket.Connection.Closed.IsCompleted.Should().BeTrue();
    }

    private static KernelSocket Slow(int limit)
    {
        var socket = new KernelSocket("ann", isSlow: true, outboundBytes: limit);
        Tell(socket, "ON ITS WAY");
        return socket;
    }

    private static void Tell(KernelSocket socket, string type)
    {
        var batch = new SendBatch();
        Tell(socket, type, batch);
        batch.Start();
    }

    private static void Tell(KernelSocket socket, string type, SendBatch batch) => socket.Connection.Send(KernelFanout.Message(type).Event, batch);
}
