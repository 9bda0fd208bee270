using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Sessions;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class KnownWaitsTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly KnownWaits _waits;

    public KnownWaitsTests() => _waits = new KnownWaits(_time);

    [Test]
    public void A_wait_is_known_until_it_is_over()
    {
        Of("ann").Should().Be(0);
        _waits.Note("ann", TimeSpan.FromSeconds(2));

        (Of("ann"), Of("ben")).Should().Be((2_000, 0));
        _time.Advance(TimeSpan.FromMilliseconds(1_999));
        Of("ann").Should().Be(1);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Of("ann").Should().Be(0);
    }

    [Test]
    public void Whoever_has_to_wait_for_longer_stays_known_when_others_are_dropped()
    {
        _waits.Note("ann", TimeSpan.FromMinutes(3));
        _waits.Note("ben", TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromMinutes(2));

        _waits.Note("cyn", TimeSpan.FromSeconds(5));

        (Of("ann"), Of("ben"), Of("cyn")).Should().Be((60_000, 0, 5_000));
    }

    private double Of(string userId) => _waits.Of(userId).TotalMilliseconds;
}
