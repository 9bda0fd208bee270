using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
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

        var refusal = Take()!;
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
        var retryAfter = Take()!.RetryAfterMs!.Value;

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
    public void A_connection_is_given_up_on_after_a_thousand_refusals()
    {
        Exhaust();
        for (var i = 0; i < 1_000; i++) Ask();
        _rate.IsAbused.Should().BeFalse();

        Ask();
        _rate.IsAbused.Should().BeTrue();
    }

    [Test]
    public void A_breath_gives_ten_refusals_a_second_back_and_no_more()
    {
        Exhaust();
        for (var i = 0; i < 1_000; i++) Ask();
        _time.Advance(TimeSpan.FromSeconds(2));
        Exhaust();
        for (var i = 0; i < 20; i++) Ask();
        _rate.IsAbused.Should().BeFalse();

        Ask();
        _rate.IsAbused.Should().BeTrue();
    }

    [Test]
    public void Cursors_over_both_limits_are_refusals_too()
    {
        for (var i = 0; i < 3 + 5 + 1_000; i++) Move().Should().BeNull();
        _rate.IsAbused.Should().BeFalse();

        Move().Should().BeNull();
        _rate.IsAbused.Should().BeTrue();
    }

    [Test]
    public void A_user_has_a_rate_over_all_its_connections_and_bytes_too()
    {
        (_limits.RequestBurst, _limits.UserRequestsPerSecond, _limits.UserBytesPerSecond) = (100, 4, 10);
        var other = new RequestRate(_limits, _time);
        _rate.User = other.User = new UserRate(_limits);

        for (var i = 0; i < 4; i++)
        {
            Take(bytes: 20).Should().BeNull();
            other.Settle(other.TryTake(20), isConflated: false).Should().BeNull();
        }

        // Both are used up, of the requests 8 and of the bytes 160. A message of 20 bytes takes longer to come back than a request.
        Take()!.Message.Should().Contain("UserRequestsPerSecond");
        var refusal = Take(bytes: 20)!;
        refusal.Message.Should().Contain("UserBytesPerSecond");
        refusal.RetryAfterMs.Should().Be(2_000);
        _time.Advance(TimeSpan.FromSeconds(2));
        Take(bytes: 20).Should().BeNull();
        Take(bytes: 20).Should().NotBeNull();
    }

    [Test]
    public void What_the_user_s_limit_refuses_does_not_cost_the_connection_anything()
    {
        (_limits.RequestBurst, _limits.UserRequestsPerSecond) = (3, 1);
        _rate.User = new UserRate(_limits);
        for (var i = 0; i < 2; i++) Ask().Should().BeNull();
        for (var i = 0; i < 10; i++) Take()!.Message.Should().Contain("UserRequestsPerSecond");

        _rate.User = null;
        Ask().Should().BeNull();
        Take()!.Message.Should().Contain("(RequestsPerSecond)");
    }

    [Test]
    public void Ids_and_replies_are_paid_even_if_that_makes_a_debt()
    {
        _limits.UserRequestsPerSecond = 1_000;
        _rate.User = new UserRate(_limits);
        Ask();
        _rate.ChargeIds(49);
        _rate.ChargeReply(16_383);
        for (var i = 0; i < 3; i++) Ask().Should().BeNull("less than a whole unit costs nothing, and is not carried into the next request");

        _rate.ChargeIds(500);
        for (var i = 0; i < 4; i++) _rate.ChargeReply(8_192);
        _rate.ChargeReplyOfWriter(32_768);
        // One of the burst was left, and 10 + 2 + 2 are owed.
        Take()!.RetryAfterMs.Should().Be(1_400);
    }

    [Test]
    public void Zero_is_no_limit()
    {
        (_limits.RequestsPerSecond, _limits.CursorsPerSecond, _limits.UserRequestsPerSecond, _limits.UserBytesPerSecond) = (0, 0, 1, 1);
        _rate.User = new UserRate(_limits);
        for (var i = 0; i < 2_000; i++)
        {
            Take(bytes: 1_000).Should().BeNull();
            Move().Should().BeNull();
            _rate.ChargeIds(1_000);
            _rate.ChargeReply(1_000_000);
            _rate.ChargeReplyOfWriter(1_000_000);
            _rate.CountFrames(10);
        }

        _rate.IsAbused.Should().BeFalse();
    }

    private ErrorCode? Ask() => Take()?.Code;

    private ErrorReply? Take(int bytes = 0) => _rate.Settle(_rate.TryTake(bytes), isConflated: false);

    private ErrorCode? Move() => _rate.Settle(_rate.TryTake(0), isConflated: true)?.Code;

    /// <summary>Uses up the burst.</summary>
    private void Exhaust()
    {
        for (var i = 0; i < 5; i++) Ask();
    }
}
