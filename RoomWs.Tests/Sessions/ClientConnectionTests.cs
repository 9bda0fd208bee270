using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Sessions;

/// <summary>How a connection's changes, its replies and its end keep their order.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ClientConnectionTests : IDisposable
{
    private static readonly byte[] LastWord = KernelFanout.Message("LAST WORD").Event;

    private readonly KernelSocket _socket = new("ann");

    public void Dispose() => _socket.Dispose();

    private ClientConnection Connection => _socket.Connection;

    [Test]
    public async Task What_waits_for_a_connection_s_changes_goes_on_when_the_last_of_them_is_told()
    {
        Connection.WritesDoneAsync().IsCompleted.Should().BeTrue();
        (await Connection.StartWriteAsync(0)).Should().BeTrue();
        (await Connection.StartWriteAsync(0)).Should().BeTrue();
        var done = Connection.WritesDoneAsync();
        Connection.WriteFinished();
        done.IsCompleted.Should().BeFalse();
        Connection.WriteFinished();

        await done.OrFailAsync("the end of the changes");
    }

    [Test]
    public async Task What_is_replied_already_leaves_before_the_connection_waits_for_its_changes()
    {
        Connection.Reply(KernelFanout.Message("REPLY").Event);
        (await Connection.StartWriteAsync(0)).Should().BeTrue();
        var done = Connection.WritesDoneAsync();

        done.IsCompleted.Should().BeFalse();
        _socket.TakeTypes().Should().Equal("REPLY");
        Connection.WriteFinished();
    }

    [Test]
    public async Task A_change_that_is_told_at_the_very_moment_of_the_wait_is_not_missed()
    {
        for (var i = 0; i < 5_000; i++)
        {
            (await Connection.StartWriteAsync(0)).Should().BeTrue();
            var told = Task.Run(Connection.WriteFinished);
            await Connection.WritesDoneAsync().OrFailAsync("the end of the change");
            await told;
        }
    }

    [Test]
    public async Task A_farewell_at_rest_says_its_word_and_closes()
    {
        Connection.Leave(CloseCode.GoingAway, "over", LastWord);

        await Connection.Closed.OrFailAsync("the close");
        _socket.TakeTypes().Should().Equal("LAST WORD");
        _socket.CloseCode.Should().Be((int)CloseCode.GoingAway);
    }

    [Test]
    public async Task A_farewell_begins_nothing_more_and_closes_behind_the_replies_to_what_was_begun()
    {
        Connection.TryBegin().Should().BeTrue();
        (await Connection.StartWriteAsync(0)).Should().BeTrue();
        Connection.Leave(CloseCode.GoingAway, "over", LastWord);
        Connection.Closing.Should().BeNull("a request is being read");

        Connection.Finished();
        Connection.Closing.Should().BeNull("a change is with the writer");
        Connection.TryBegin().Should().BeFalse();
        Connection.Closing.Should().BeNull();

        Connection.Reply(KernelFanout.Message("REPLY").Event);
        Connection.WriteFinished();
        Connection.Closing!.Code.Should().Be(CloseCode.GoingAway);
        await Connection.Closed.OrFailAsync("the close");
        _socket.TakeTypes().Should().Equal("LAST WORD", "REPLY");
    }

    [Test]
    public async Task However_a_farewell_meets_the_end_of_the_last_request_the_connection_closes()
    {
        for (var i = 0; i < 500; i++)
        {
            using var socket = new KernelSocket("ann");
            var connection = socket.Connection;
            connection.TryBegin().Should().BeTrue();
            (await connection.StartWriteAsync(0)).Should().BeTrue();
            await Task.WhenAll(
                Task.Run(connection.Finished),
                Task.Run(connection.WriteFinished),
                Task.Run(() => connection.Leave(CloseCode.GoingAway, "over", LastWord)));

            connection.Closing.Should().NotBeNull();
            await connection.Closed.OrFailAsync("the close");
        }
    }

    [Test]
    public void Nothing_is_begun_once_the_connection_closes()
    {
        Connection.Close(CloseCode.RateAbuse, "too fast");

        Connection.TryBegin().Should().BeFalse();
        Connection.Leave(CloseCode.GoingAway, "over", LastWord);
        Connection.Closing!.Code.Should().Be(CloseCode.RateAbuse, "the first close wins");
    }

    [Test]
    public void The_last_word_goes_past_a_pause_of_events()
    {
        Connection.TryBegin().Should().BeTrue();
        Connection.PauseEvents();
        Connection.Send(KernelFanout.Message("EVENT").Event);
        Connection.Leave(CloseCode.GoingAway, "over", LastWord);

        SpinWait.SpinUntil(() => Connection.WaitingBytes == 0, Deadline.Span).Should().BeTrue();
        _socket.TakeTypes().Should().Equal("LAST WORD");
    }
}
