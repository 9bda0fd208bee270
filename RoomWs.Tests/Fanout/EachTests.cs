using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;

namespace RoomWs.Tests.Fanout;

internal sealed class EachTests
{
    [Test]
    public void All_get_their_turn_whatever_becomes_of_the_others_and_what_went_wrong_is_thrown_at_the_end()
    {
        var done = new List<int>();
        var act = () => Each.Do([1, 2, 3, 4], one =>
        {
            done.Add(one);
            if (one % 2 == 1) throw new InvalidOperationException($"{one}");
        });

        act.Should().Throw<AggregateException>().Which.InnerExceptions.Select(fault => fault.Message).Should().Equal("1", "3");
        done.Should().Equal(1, 2, 3, 4);
    }

    [Test]
    public void Where_nothing_goes_wrong_nothing_is_thrown()
    {
        var act = () => Each.Do([1, 2], _ => { });
        act.Should().NotThrow();
    }
}
