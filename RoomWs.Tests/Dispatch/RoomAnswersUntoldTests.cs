using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>A look at a room between a commit and its telling: the database knows of it, and no client does.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RoomAnswersUntoldTests : IDisposable
{
    private readonly KernelAnswers _kernel = new();
    private readonly List<string> _read = [];

    public void Dispose() => _kernel.Dispose();

    [Test]
    public async Task Whoever_is_removed_by_it_is_refused_and_gets_nothing_of_what_was_read()
    {
        _kernel.Fanout.Rooms.Find("r");
        await AskWhileUntoldAsync(() => _ = _kernel.EnqueueRemovalOfAsker());

        (await _kernel.HeardAsync(2)).Should().Equal("REMOVED", "FORBIDDEN");
        _read.Should().Equal(["r"], "it was read once, and thrown away");
    }

    [Test]
    public async Task Another_room_under_the_same_id_at_the_same_version_is_not_taken_for_the_first()
    {
        _kernel.Fanout.Rooms.Find("r");
        await AskWhileUntoldAsync(_kernel.EnqueueAnotherRoom);

        (await _kernel.HeardAsync(3)).Should().Equal("DELETED", "MADE", "FORBIDDEN");
        _read.Should().Equal("another");
    }

    [Test]
    public async Task A_refusal_by_what_was_read_waits_too()
    {
        _kernel.Fanout.Rooms.Find("r");
        await AskWhileUntoldAsync(
            () => _ = _kernel.EnqueueRename("new"),
            (_, reads) => Named(reads) == "new" ? Outcome.Answer(KernelFanout.Message("FOUND")) : new Protocol.Connection.ErrorReply(Protocol.ErrorCode.NotFound, "on purpose"));

        (await _kernel.HeardAsync(2)).Should().Equal("RENAMED new", "FOUND");
    }

    [Test]
    public async Task A_room_that_nobody_had_in_memory_is_not_shown_ahead_of_its_events()
    {
        await AskWhileUntoldAsync(
            () =>
            {
                _ = _kernel.EnqueueRename("one");
                _ = _kernel.EnqueueRename("two");
            },
            (seen, _) => Outcome.Answer(KernelFanout.Message($"SHOWN {seen.Version}")));

        (await _kernel.HeardAsync(3)).Should().Equal("RENAMED one", "RENAMED two", "SHOWN 3");
    }

    [Test]
    public async Task A_room_that_nobody_had_in_memory_and_that_is_made_anew_is_not_shown_ahead_of_its_events()
    {
        await AskWhileUntoldAsync(
            () =>
            {
                _kernel.EnqueueAnotherRoom();
                _ = _kernel.EnqueueRename("two");
            },
            (seen, _) => Outcome.Answer(KernelFanout.Message($"SHOWN {seen.Version}")));

        (await _kernel.HeardAsync(4)).Should().Equal("DELETED", "MADE", "RENAMED two", "FORBIDDEN");
    }

    [Test]
    public async Task A_look_that_reads_nothing_shows_the_room_as_it_was_told()
    {
        _kernel.Fanout.Rooms.Find("r");
        using var telling = await _kernel.CommitUntoldAsync(() => _ = _kernel.EnqueueRename("new"));
        await _kernel.AskAsync((seen, _) => Outcome.Answer(KernelFanout.Message($"SHOWN {seen.Version}"))).OrFailAsync("the answer");
        telling.Release();

        (await _kernel.HeardAsync(2)).Should().Equal("SHOWN 1", "RENAMED new");
    }

    private string Named(IReads reads)
    {
        var name = reads.Read(read => read.Rooms.Find("r")!.Name);
        _read.Add(name);
        return name;
    }

    /// <summary>Asks between the commit of a change and its telling.</summary>
    private async Task AskWhileUntoldAsync(Action enqueueChange, Func<RoomSnapshot, IReads, Outcome>? ask = null)
    {
        using var telling = await _kernel.CommitUntoldAsync(enqueueChange);
        var answer = _kernel.AskAsync(ask ?? ((_, reads) => Outcome.Answer(KernelFanout.Message(Named(reads)))));
        telling.Release();
        await answer.OrFailAsync("the answer");
    }
}
