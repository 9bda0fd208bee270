using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Boards;
using RoomWs.Server.Features.Boards;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Boards;

/// <summary>What of a board counts as sent to a socket, where its answer is made and the room is another by then.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SeenPagesTests : IDisposable
{
    private readonly KernelAnswers _kernel = new();

    public void Dispose() => _kernel.Dispose();

    [Test]
    public async Task An_answer_that_is_made_and_not_sent_has_shown_nothing()
    {
        MakeBoard();
        await AskAsync(meanwhile: _ => _kernel.RemoveAsker());

        (await _kernel.HeardAsync(2)).Should().Equal("REMOVED", "FORBIDDEN");
        Seen.Should().Be(0);
    }

    [TestCase(1)]
    [TestCase(9)]
    public async Task One_that_is_sent_counts_once_it_is_however_often_it_was_made(int changes)
    {
        MakeBoard();
        var seen = new List<long>();
        await AskAsync(meanwhile: asked =>
        {
            seen.Add(Seen);
            // From the fourth on it is the writer that asks, and nothing changes under it.
            if (asked <= Math.Min(changes, 3)) _kernel.Rename($"{asked}");
        });

        seen.Should().AllBeEquivalentTo(0);
        Seen.Should().Be(2);
    }

    private long Seen => _kernel.Asker.Connection.SeenBoards.SeqOf("epoch");

    private void MakeBoard() => _kernel.Fanout.Database.Run(
        """
        INSERT INTO boards (number, room_number, board_id, name, seq, created_by, created_at, epoch) SELECT 100, number, 'b', 'b', 2, 'other', 1, 'epoch' FROM rooms;
        INSERT INTO board_updates (board_number, seq, user_id, payload) VALUES (100, 1, 'other', 'x'), (100, 2, 'other', 'x')
        """);

    private async Task AskAsync(Action<int> meanwhile)
    {
        var (handler, command, asked) = (new GetBoardStateHandler(), new GetBoardState { RoomId = "r", BoardId = "b" }, 0);
        await _kernel.AskAsync(
            (room, reads) =>
            {
                var outcome = handler.Handle(command, _kernel.Asker.Connection.Caller!, room, reads);
                meanwhile(++asked);
                return outcome;
            },
            requires: RoomAction.See);
    }
}
