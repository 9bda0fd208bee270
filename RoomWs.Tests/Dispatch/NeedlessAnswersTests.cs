using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>An answer by the room in memory alone, where that can change under it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NeedlessAnswersTests : IDisposable
{
    private readonly KernelAnswers _kernel = new();

    public void Dispose() => _kernel.Dispose();

    [Test]
    public async Task The_answer_is_by_the_room_as_it_was_told_and_comes_before_what_is_committed_and_not_told()
    {
        _kernel.TryAnswer(Shown).Should().BeTrue();
        using (var hold = await _kernel.CommitUntoldAsync(() => _ = _kernel.EnqueueRename("new")))
        {
            _kernel.TryAnswer(Shown).Should().BeTrue();
        }

        (await _kernel.HeardAsync(3)).Should().Equal("SHOWN 1", "SHOWN 1", "RENAMED new");
    }

    [Test]
    public async Task Where_the_room_changes_meanwhile_nothing_is_sent()
    {
        _kernel.TryAnswer(seen =>
        {
            _kernel.Rename("new");
            return Shown(seen);
        }).Should().BeFalse();
        _kernel.TryAnswer(Shown).Should().BeTrue();

        (await _kernel.HeardAsync(2)).Should().Equal("RENAMED new", "SHOWN 2");
    }

    [Test]
    public async Task Where_the_room_is_deleted_meanwhile_nothing_is_sent()
    {
        _kernel.TryAnswer(seen =>
        {
            _kernel.DeleteRoom();
            return Shown(seen);
        }).Should().BeFalse();
        _kernel.TryAnswer(Shown).Should().BeFalse("it is gone");

        (await _kernel.HeardAsync(1)).Should().Equal("DELETED");
    }

    [Test]
    public async Task Refusals_are_left_to_the_writer()
    {
        _kernel.TryAnswer(_ => new ErrorReply(ErrorCode.NotFound, "There is no such thing.")).Should().BeFalse();
        _kernel.TryAnswer(Shown, requires: RoomAction.Delete).Should().BeFalse();
        _kernel.TryAnswer(Shown, room: "nowhere").Should().BeFalse();
        _kernel.TryAnswer(_ => null).Should().BeFalse();
        _kernel.TryAnswer(Shown).Should().BeTrue();

        (await _kernel.HeardAsync(1)).Should().Equal("SHOWN 1");
    }

    [Test]
    public void No_room_is_read_for_a_stranger()
    {
        var finder = new RoomFinder(_kernel.Fanout.Rooms, _kernel.Fanout.Database.Reads);

        finder.FindFor("mallory", "r", slug: null).Should().BeNull();
        finder.FindFor("mallory", "nowhere", slug: null).Should().BeNull();
        finder.FindFor("mallory", roomId: null, "no-such-slug").Should().BeNull();
        _kernel.Fanout.Rooms.Count.Should().Be(0);
        finder.FindFor("asker", "r", slug: null)!.Snapshot.Version.Should().Be(1);
    }

    [Test]
    public void A_slug_that_is_committed_and_not_told_finds_no_room()
    {
        var finder = new RoomFinder(_kernel.Fanout.Rooms, _kernel.Fanout.Database.Reads);
        finder.FindFor("asker", "r", slug: null).Should().NotBeNull();
        _kernel.Fanout.Database.Run("UPDATE rooms SET slug = 'lobby' WHERE id = 'r'");

        finder.FindFor("asker", roomId: null, "lobby").Should().BeNull();
    }

    private static Outcome Shown(RoomSnapshot seen) => Outcome.Answer(KernelFanout.Message($"SHOWN {seen.Version}"));
}
