using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Metrics;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class MembershipRateTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly LimitOptions _limits = new() { MembershipActionsPerMinute = 6 };
    private readonly ServerMetrics _metrics;
    private readonly MembershipRate _rate;

    public MembershipRateTests()
    {
        _metrics = new ServerMetrics(new(() => 0, () => 0, () => 0, () => 0, () => 0), _time, NullLogger<ServerMetrics>.Instance);
        _rate = new MembershipRate(_limits, new LocalAllowances(_time), _metrics, _time);
    }

    public void Dispose() => _metrics.Dispose();

    [Test]
    public void A_user_has_so_many_actions_and_then_one_at_a_time()
    {
        for (var i = 0; i < 6; i++) Take("ann").Should().BeNull();

        var refusal = _rate.TryTakeAtOnce("ann")!;
        refusal.Code.Should().Be(ErrorCode.RateLimited);
        refusal.Message.Should().Contain("MembershipActionsPerMinute");
        refusal.RetryAfterMs.Should().Be(10_000);

        _time.Advance(TimeSpan.FromSeconds(10));
        Take("ann").Should().BeNull();
        Take("ann").Should().Be(ErrorCode.RateLimited);
    }

    [Test]
    public void Users_do_not_use_up_each_other_s()
    {
        for (var i = 0; i < 7; i++) Take("ann");

        Take("ben").Should().BeNull();
        Take("Ann").Should().BeNull("an id is told apart by its case, too");
    }

    [Test]
    public void Whoever_is_still_short_when_the_full_ones_are_forgotten_stays_short()
    {
        Take("ben");
        _time.Advance(TimeSpan.FromSeconds(55));
        for (var i = 0; i < 7; i++) Take("ann");
        // The look that forgets is due now; ben is full again, and ann is not.
        _time.Advance(TimeSpan.FromSeconds(5));
        Take("ben").Should().BeNull();

        Take("ann").Should().Be(ErrorCode.RateLimited);
    }

    [Test]
    public void Zero_is_no_limit()
    {
        _limits.MembershipActionsPerMinute = 0;
        for (var i = 0; i < 1_000; i++) Take("ann").Should().BeNull();
    }

    [Test]
    public async Task Many_connections_of_a_user_together_have_what_one_has()
    {
        var taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                if (Take("ann") is null) Interlocked.Increment(ref taken);
            }
        })));

        taken.Should().Be(6);
    }

    private ErrorCode? Take(string userId) => _rate.TryTakeAtOnce(userId)?.Code;
}
