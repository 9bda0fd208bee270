using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Transport;

namespace RoomWs.Tests.Transport;

internal sealed class PlacesTests
{
    private static readonly HandshakeRefusal Full = new(503, "full");

    [Test]
    public void Places_are_taken_up_to_the_limit_then_those_of_the_surplus_and_each_is_given_back_to_its_kind()
    {
        var places = new Places(clients: 2, surplus: 1, Full);
        Take(places).Should().Be((true, false));
        Take(places).Should().Be((true, false));
        Take(places).Should().Be((true, true));
        Take(places).Taken.Should().BeFalse();

        places.GiveBack(isSurplus: false);
        Take(places).Should().Be((true, false));
        Take(places).Taken.Should().BeFalse("whoever is refused takes none");
        places.GiveBack(isSurplus: true);
        Take(places).Should().Be((true, true));
    }

    [Test]
    public async Task At_once_no_more_get_in_than_may()
    {
        var places = new Places(clients: 100, surplus: 7, Full);
        var (clients, surplus) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                var (taken, isSurplus) = Take(places);
                if (taken) Interlocked.Increment(ref isSurplus ? ref surplus : ref clients);
            }
        })));

        clients.Should().BeLessThanOrEqualTo(100);
        surplus.Should().BeLessThanOrEqualTo(7);
    }

    private static (bool Taken, bool IsSurplus) Take(Places places) => (places.TryTake(out var isSurplus), isSurplus);
}
