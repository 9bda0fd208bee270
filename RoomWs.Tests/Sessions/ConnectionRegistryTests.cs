using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Sessions;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ConnectionRegistryTests
{
    private readonly ConnectionRegistry _registry = new();

    [Test]
    public void A_user_has_connections_up_to_the_limit_and_others_are_not_counted_to_it()
    {
        using var socket = new KernelSocket("ann");
        _registry.TryIdentify(socket.Connection, "ann", 1).Should().BeTrue();
        _registry.TryIdentify(socket.Connection, "ann", 1).Should().BeFalse();
        _registry.TryIdentify(socket.Connection, "ben", 1).Should().BeTrue();
        _registry.Of("ann").Length.Should().Be(1);
    }

    [Test]
    public async Task Connections_of_a_user_that_come_and_go_at_once_are_none_lost_and_none_left()
    {
        const string user = "many";
        KernelSocket[] staying = [new(user), new(user)];
        await Task.WhenAll(staying.Select(stays => Task.Run(() =>
        {
            using var passing = new KernelSocket(user);
            for (var i = 0; i < 2_000; i++)
            {
                _registry.TryIdentify(passing.Connection, user, 0);
                if (i == 1_000) _registry.TryIdentify(stays.Connection, user, 0);
                _registry.Remove(passing.Connection, user);
            }
        })));

        _registry.Of(user).ToArray().ToHashSet().SetEquals(staying.Select(socket => socket.Connection)).Should().BeTrue();
        foreach (var socket in staying)
        {
            _registry.Remove(socket.Connection, user);
            socket.Dispose();
        }

        _registry.Of(user).Length.Should().Be(0);
    }
}
