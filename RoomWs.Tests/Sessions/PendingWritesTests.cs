using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Sessions;

namespace RoomWs.Tests.Sessions;

/// <summary>How many changes of one connection are with the writer at a time.</summary>
internal sealed class PendingWritesTests
{
    [TestCase(0)]
    [TestCase(3)]
    public void Small_replies_let_256_begin(long replyBytes)
    {
        var writes = new PendingWrites(1_000);
        for (var i = 0; i < 256; i++) writes.TryAdd(replyBytes).Should().BeTrue("{0} are under way", i);

        writes.TryAdd(replyBytes).Should().BeFalse();
        writes.Count.Should().Be(256);
    }

    [Test]
    public void As_many_large_replies_begin_as_fit_and_small_ones_beside_them()
    {
        var writes = new PendingWrites(1_000);
        writes.TryAdd(600).Should().BeTrue();
        writes.TryAdd(401).Should().BeFalse();
        writes.TryAdd(400).Should().BeTrue();
        writes.TryAdd(1).Should().BeFalse();
        writes.TryAdd(0).Should().BeTrue();
    }

    [TestCase(1_001)]
    [TestCase(int.MaxValue)]
    public void A_reply_that_is_larger_than_all_that_may_be_goes_alone(long replyBytes)
    {
        var writes = new PendingWrites(1_000);
        writes.TryAdd(1).Should().BeTrue();
        writes.TryAdd(replyBytes).Should().BeFalse();
        writes.Remove().Should().BeTrue();

        writes.TryAdd(replyBytes).Should().BeTrue("nothing else is under way");
        writes.TryAdd(1).Should().BeFalse();
        writes.TryAdd(0).Should().BeTrue("chat waits for no list");
        writes.Remove().Should().BeFalse();
        writes.TryAdd(1).Should().BeFalse("that to the list may be still to come");
        writes.Remove().Should().BeTrue();
        writes.TryAdd(1).Should().BeTrue();
    }
}
