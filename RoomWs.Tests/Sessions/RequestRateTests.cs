using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Server.Configuration;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Sessions;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RequestRateTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly LimitOptions _limits = new() { RequestsPerSecond = 10, RequestBurst = 5, CursorsPerSecond = 3 };
    private readonly RequestRate _rate;

    public RequestRateTests() => _rate = new RequestRate(_limits, _time);

    [Test]
    public void After_the_burst_a_request_is_refused_and_told_when_to_come_again()
    {
        for (var i = 0; i < 5; i++) Ask().Should().BeNull();

        var refusal = _rate.TryTake(isConflated: false)!;
        refusal.Code.Should().Be(ErrorCode.RateLimited);
        refusal.Message.Should().Contain("RequestsPerSecond");
        refusal.RetryAfterMs.Should().Be(100);

        _time.Advance(TimeSpan.FromMilliseconds(refusal.RetryAfterMs!.Value));
        Ask().Should().BeNull();
        Ask().Should().Be(ErrorCode.RateLimited);
    }

    [Test]
    public void A_wait_is_told_in_whole_milliseconds_that_are_long_enough()
    {
        _limits.RequestsPerSecond = 3;
        for (var i = 0; i < 5; i++) Ask();
        var retryAfter = _rate.TryTake(isConflated: false)!.RetryAfterMs!.Value;

        _time.Advance(TimeSpan.FromMilliseconds(retryAfter));
        Ask().Should().BeNull();
    }

    [Test]
    public void Cursors_have_a_rate_of_their_own_and_what_is_too_much_counts_as_requests_and_is_never_refused()
    {
        for (var i = 0; i < 3; i++) Move().Should().BeNull();
        for (var i = 0; i < 4; i++) Move().Should().BeNull();
        // Of the burst of five, four are used up by the cursors that were too many.
        Ask().Should().BeNull();
        Ask().Should().Be(ErrorCode.RateLimited);
        Move().Should().BeNull();
    }

    [Test]
    public void A_connection_is_given_up_on_when_refusals_have_gone_on_for_ten_seconds_without_a_pause()
    {
        Exhaust();
        var ms = 0;
        for (; !_rate.IsAbused && ms < 60_000; ms += 10) Step(10);

        // After exactly ten seconds there was a token.
        ms.Should().Be(10_010);
    }

    [Test]
    public void A_pause_of_more_than_a_second_without_a_refusal_begins_the_patience_anew()
    {
        Exhaust();
        for (var ms = 0; ms < 9_000; ms += 10) Step(10);
        _time.Advance(TimeSpan.FromMilliseconds(1_001));
        for (var i = 0; i < 5; i++) Ask();
        for (var ms = 0; ms < 9_000; ms += 10) Step(10);

        _rate.IsAbused.Should().BeFalse();
        for (var ms = 0; ms < 1_100; ms += 10) Step(10);
        _rate.IsAbused.Should().BeTrue();
    }

    [Test]
    public void Cursors_that_keep_coming_far_too_fast_are_an_abuse_too()
    {
        for (var ms = 0; ms <= 10_500; ms += 10)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            for (var i = 0; i < 5; i++) Move().Should().BeNull();
        }

        _rate.IsAbused.Should().BeTrue();
    }

    [Test]
    public void Zero_is_no_limit()
    {
        (_limits.RequestsPerSecond, _limits.CursorsPerSecond) = (0, 0);
        for (var i = 0; i < 1_000; i++)
        {
            Ask().Should().BeNull();
            Move().Should().BeNull();
        }

        _rate.IsAbused.Should().BeFalse();
    }

    private ErrorCode? Ask() => _rate.TryTake(isConflated: false)?.Code;

    private ErrorCode? Move() => _rate.TryTake(isConflated: true)?.Code;

    private void Exhaust()
    {
        for (var i = 0; i < 6; i++) Ask();
    }

    /// <summary>A request that comes too early more often than not.</summary>
    private void Step(int ms)
    {
        _time.Advance(TimeSpan.FromMilliseconds(ms));
        Ask();
    }
}
