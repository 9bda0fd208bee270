using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

internal sealed class RoomGateTests
{
    private readonly LiveRoom _one = new();
    private readonly LiveRoom _other = new();

    [Test]
    public void A_thread_that_holds_the_gate_of_a_room_does_not_get_that_of_another()
    {
        var both = () =>
        {
            using var first = _one.Gate.Enter();
            using var second = _other.Gate.Enter();
        };

        both.Should().Throw<InvalidOperationException>();
        (_one.Gate.IsHeldByCurrentThread, _other.Gate.IsHeldByCurrentThread).Should().Be((false, false));
        var oneByOne = () =>
        {
            using (_one.Gate.Enter())
            {
            }

            using (_other.Gate.Enter())
            {
            }
        };
        oneByOne.Should().NotThrow();
    }

    [Test]
    public void The_same_gate_may_be_taken_again_and_is_held_until_the_first_holding_ends()
    {
        using (_one.Gate.Enter())
        {
            using (_one.Gate.Enter()) _one.Gate.IsHeldByCurrentThread.Should().BeTrue();
            _one.Gate.IsHeldByCurrentThread.Should().BeTrue();
            var other = () =>
            {
                using var second = _other.Gate.Enter();
            };
            other.Should().Throw<InvalidOperationException>();
        }

        _one.Gate.IsHeldByCurrentThread.Should().BeFalse();
    }

    [Test]
    public async Task Another_thread_waits()
    {
        using var hold = await KernelHold.OfAsync(_one.Gate);
        var entered = Task.Run(() =>
        {
            using (_one.Gate.Enter()) return hold.IsReleased;
        });
        hold.Release();

        (await entered.OrFailAsync("the gate")).Should().BeTrue();
    }
}
