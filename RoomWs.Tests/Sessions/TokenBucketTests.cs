using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Sessions;

namespace RoomWs.Tests.Sessions;

internal sealed class TokenBucketTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public void A_full_bucket_gives_what_it_holds_and_then_says_how_long_the_next_token_takes()
    {
        var bucket = new Bucket(tokens: 10, capacity: 3);

        for (var i = 0; i < 3; i++) bucket.Take(0).Should().Be(TimeSpan.Zero);
        bucket.Take(0).Should().Be(TimeSpan.FromMilliseconds(100));
        bucket.Take(40).Should().Be(TimeSpan.FromMilliseconds(60));
        bucket.Take(100).Should().Be(TimeSpan.Zero);
    }

    [Test]
    public void A_refusal_takes_nothing()
    {
        var bucket = new Bucket(tokens: 10, capacity: 1);
        bucket.Take(0);
        for (var i = 0; i < 50; i++) bucket.Take(50).Should().Be(TimeSpan.FromMilliseconds(50));

        bucket.Take(100).Should().Be(TimeSpan.Zero);
    }

    [Test]
    public void A_long_rest_fills_it_and_no_further()
    {
        var bucket = new Bucket(tokens: 10, capacity: 3);
        for (var i = 0; i < 3; i++) bucket.Take(0);

        for (var i = 0; i < 3; i++) bucket.Take(3_600_000).Should().Be(TimeSpan.Zero);
        bucket.Take(3_600_000).Should().Be(TimeSpan.FromMilliseconds(100));
    }

    [Test]
    public void It_gives_no_more_in_the_long_run_than_comes_back()
    {
        var bucket = new Bucket(tokens: 10, capacity: 5);
        var given = 0;
        for (var ms = 0; ms < 10_000; ms++) given += bucket.Take(ms) == TimeSpan.Zero ? 1 : 0;

        given.Should().Be(5 + 99, "five at once, and then one each tenth of a second");
    }

    [Test]
    public void A_full_bucket_gives_more_than_it_holds_and_the_debt_has_to_come_back_first()
    {
        var bucket = new Bucket(tokens: 10, capacity: 3);

        bucket.Take(0, 13).Should().Be(TimeSpan.Zero);
        bucket.Take(0).Should().Be(TimeSpan.FromMilliseconds(1_100));
        bucket.Take(1_100).Should().Be(TimeSpan.Zero);
        bucket.Take(1_100, 13).Should().Be(TimeSpan.FromMilliseconds(300), "it has to be full again for so much");
        bucket.Take(1_400, 13).Should().Be(TimeSpan.Zero);
    }

    [Test]
    public void What_is_given_back_can_be_taken_again_and_no_more()
    {
        var bucket = new Bucket(tokens: 10, capacity: 3);
        bucket.Take(0, 3);
        bucket.GiveBack(2);

        bucket.Take(0, 2).Should().Be(TimeSpan.Zero);
        bucket.Take(0).Should().Be(TimeSpan.FromMilliseconds(100));
    }

    [Test]
    public void Very_many_tokens_a_second_are_no_fewer()
    {
        var bucket = new Bucket(tokens: int.MaxValue, capacity: int.MaxValue);

        bucket.Take(0, int.MaxValue).Should().Be(TimeSpan.Zero);
        bucket.Take(500, int.MaxValue).Should().Be(TimeSpan.FromMilliseconds(500));
    }

    private sealed class Bucket(int tokens, int capacity)
    {
        private long _fullAt;

        public TimeSpan Take(long ms, long count = 1) => new TokenBucket(tokens, Second, capacity).Take(ref _fullAt, TimeSpan.FromMilliseconds(ms).Ticks, count);

        public void GiveBack(long count) => new TokenBucket(tokens, Second, capacity).GiveBack(ref _fullAt, count);
    }
}
