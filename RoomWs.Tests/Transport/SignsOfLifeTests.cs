using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Transport;

/// <summary>When a client counts as dead: the times, to the second.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SignsOfLifeTests : IDisposable
{
    private static readonly byte[] Reply = KernelFanout.Message("REPLY").Event;

    private readonly ManualTimeProvider _time = new();

    private KernelSocket? _socket;

    public void Dispose() => _socket?.Dispose();

    [Test]
    public void A_silent_client_is_pinged_once_and_let_go_when_both_times_are_over()
    {
        var socket = Listening();
        for (var second = 1; second <= 89; second++)
        {
            Look();
            Settle();
            _ = socket.Take();
            socket.Pings.Should().Be(second < 30 ? 0 : 1, "{0} s", second);
        }

        socket.Aborted.Should().BeNull();
        Look();
        socket.Aborted.Should().Be("no answer to a ping");
    }

    [Test]
    public void A_client_for_which_something_waits_and_which_takes_nothing_is_closed_when_its_time_is_over()
    {
        var socket = Listening(isSlow: true);
        socket.Connection.Reply(Reply);
        socket.Connection.FlushReplies();
        for (var second = 1; second <= 59; second++) Look();

        socket.Connection.Closing.Should().BeNull();
        Look();
        socket.Connection.Closing!.Code.Should().Be(CloseCode.SlowConsumer);
    }

    [Test]
    public void A_client_that_reads_slowly_lives()
    {
        var socket = Listening(isSlow: true);
        for (var i = 0; i < 10; i++)
        {
            socket.Connection.Reply(Reply);
            socket.Connection.FlushReplies();
            for (var second = 1; second <= 55; second++) Look();
            socket.TakeTypes().Should().Equal("REPLY");
        }

        socket.Connection.Closing.Should().BeNull();
        socket.Aborted.Should().BeNull();
    }

    [Test]
    public void What_the_socket_takes_of_events_at_once_says_nothing_of_the_client()
    {
        var socket = Listening();
        for (var second = 1; second <= 90; second++)
        {
            socket.Connection.Send(Reply);
            Settle();
            Look();
        }

        socket.Aborted.Should().Be("no answer to a ping");
    }

    private KernelSocket Listening(bool isSlow = false)
    {
        _socket = new KernelSocket("ann", isSlow, time: _time);
        _ = _socket.Connection.Socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).AsTask();
        return _socket;
    }

    /// <summary>What is sent by itself leaves on another thread.</summary>
    private void Settle() => SpinWait.SpinUntil(() => _socket!.Connection.WaitingBytes == 0, Deadline.Span).Should().BeTrue();

    private void Look()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _socket!.Connection.Watch(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }
}
