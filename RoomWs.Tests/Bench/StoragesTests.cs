using FluentAssertions;
using NUnit.Framework;
using RoomWs.Bench.Servers;

namespace RoomWs.Tests.Bench;

internal sealed class StoragesTests
{
    [Test]
    public void RoomWs_is_on_SQLite_unless_something_else_is_asked_for()
    {
        Of().Should().Equal(Peers.RoomWs);
        Of("postgres").Should().Equal(Peers.RoomWsOnPostgres);
        Of("Postgres", "sqlite").Should().Equal(Peers.RoomWs, Peers.RoomWsOnPostgres);
    }

    [Test]
    public void PostgreSQL_that_is_named_is_there()
    {
        using var storages = new Storages([], "Host=db");
        storages.Obstacle.Should().BeNull();
    }

    private static IReadOnlyList<string> Of(params string[] names)
    {
        using var storages = new Storages(names, connection: null);
        return storages.Servers;
    }
}
