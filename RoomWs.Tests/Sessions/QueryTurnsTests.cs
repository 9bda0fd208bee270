using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Sessions;

internal sealed class QueryTurnsTests
{
    [Test]
    public async Task A_query_waits_for_the_one_before_and_each_has_a_turn()
    {
        var turns = new QueryTurns();
        var first = await turns.TakeAsync();
        Task<QueryTurns.Turn>[] behind = [turns.TakeAsync().AsTask(), turns.TakeAsync().AsTask()];
        behind.Should().OnlyContain(turn => !turn.IsCompleted);

        first.Dispose();
        var second = await (await Task.WhenAny(behind)).OrFailAsync("the second turn");
        behind.Count(turn => turn.IsCompleted).Should().Be(1);

        second.Dispose();
        await Task.WhenAll(behind).OrFailAsync("the last turn");
        var after = turns.TakeAsync().AsTask();
        after.IsCompleted.Should().BeFalse("the last one has its turn still");
        second.Dispose();
        (await after.OrFailAsync("the turn behind all")).Dispose();
        (await turns.TakeAsync().AsTask().OrFailAsync("a turn, for all are free")).Dispose();
    }
}
