using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Live;
using RoomWs.Server.Fanout;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Tests.Fanout;

/// <summary>What is still to be written of the users of a node, and what became of what was.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LocalPresenceTests
{
    private const long GoneAt = 100;

    private readonly LocalPresence _local = new();

    [Test]
    public void Users_are_written_once_as_they_are_by_then()
    {
        Come("ben").Should().BeTrue();
        Come("cat").Should().BeFalse("it is not the first");
        _local.Change("ben", "ben", 2, turn: null, GoneAt).Should().BeFalse();

        Taken(0).Should().Equal("ben 2", "cat 1");
        _local.Written(again: null);
        _local.Take(0).Should().BeNull();
        _local.DueAt.Should().Be(long.MaxValue);
    }

    [Test]
    public void Whoever_goes_is_written_as_gone_after_a_while_unless_it_comes_back()
    {
        Come("ben");
        Come("cat");
        Taken(0);
        _local.Written(again: null);
        Go("ben").Should().BeTrue();
        Go("cat");
        _local.DueAt.Should().Be(GoneAt);
        _local.Take(GoneAt - 1).Should().BeNull();
        Come("cat");

        Taken(GoneAt).Should().Equal("cat 1", "ben gone");
        _local.Written(again: null);
        _local.Has("ben").Should().BeFalse();
        _local.Has("cat").Should().BeTrue();
    }

    [Test]
    public void Whoever_goes_while_it_is_written_is_written_as_gone_next()
    {
        Come("ben");
        Taken(0).Should().Equal("ben 1");
        Go("ben");
        _local.Written(again: null);

        Taken(GoneAt).Should().Equal("ben gone");
    }

    [Test]
    public void Whoever_comes_while_it_is_written_as_gone_is_written_again()
    {
        Come("ben");
        Go("ben");
        Taken(GoneAt).Should().Equal("ben gone");
        Come("ben");
        _local.Written(again: null);

        Taken(GoneAt).Should().Equal("ben 1");
    }

    [Test]
    public void What_could_not_be_written_is_written_again_as_it_is_then()
    {
        Come("ben");
        Come("cat");
        Taken(0);
        Go("ben");
        _local.NotWritten();
        Come("dan");

        Taken(GoneAt).Should().BeEquivalentTo("ben gone", "cat 1", "dan 1");
    }

    [Test]
    public void Where_nobody_goes_for_now_it_is_tried_again_later()
    {
        Come("ben");
        Go("ben");
        Taken(GoneAt);
        _local.Written(again: 2 * GoneAt);

        _local.Take((2 * GoneAt) - 1).Should().BeNull();
        Taken(2 * GoneAt).Should().Equal("ben gone");
    }

    [Test]
    public void All_who_are_here_are_written_anew_with_those_who_were_taken_over()
    {
        Come("ben");
        Come("cat");
        Go("cat");
        Taken(0);
        _local.Written(again: null);
        _local.TakeOver(new PresentUser("dan", "Dan"));
        _local.Take(0).Should().BeNull("its row says so already");
        _local.MarkAll();

        Taken(0).Should().BeEquivalentTo("ben 1", "dan 0");
    }

    [Test]
    public async Task A_wait_for_a_user_ends_with_the_write_that_holds_it_or_with_its_failure()
    {
        (await EndsAsync(_local.WrittenAsync("ben"))).Should().BeTrue("there is nothing to write");
        Come("ben");
        var waiting = _local.WrittenAsync("ben");
        Taken(0);
        waiting.IsCompleted.Should().BeFalse();
        var later = _local.WrittenAsync("ben");
        _local.Written(again: null);
        (await EndsAsync(waiting)).Should().BeTrue();
        (await EndsAsync(later)).Should().BeTrue();

        Come("cat");
        waiting = _local.WrittenAsync("cat");
        Taken(0);
        _local.NotWritten();
        (await EndsAsync(waiting)).Should().BeTrue();
        _local.WrittenAsync("cat").IsCompleted.Should().BeFalse();
    }

    private static async Task<bool> EndsAsync(Task task)
    {
        await task.WaitAsync(Support.Deadline.Span);
        return task.IsCompletedSuccessfully;
    }

    private bool Come(string userId) => _local.Change(userId, userId, 1, new PresenceEvent(userId, userId, PresenceStatus.Online, 0), GoneAt);

    private bool Go(string userId) => _local.Change(userId, userId, 0, new PresenceEvent(userId, userId, PresenceStatus.Offline, 1), GoneAt);

    private List<string> Taken(long now) => _local.Take(now)!.ConvertAll(user => user.Connections is { } connections ? $"{user.UserId} {connections}" : $"{user.UserId} gone");
}
