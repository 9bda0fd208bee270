using Dapper;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Postgres;

/// <summary>
/// A statement is planned when it has run a few times, and that plan stays until PostgreSQL has counted the table again. So one that is planned while a room has few
/// messages must be right for the time when it has a million.
/// </summary>
[Category("Postgres")]
internal sealed class PostgresPlanTests : EndToEndTest
{
    [TestCase(PostgresRoomLoader.Members, "text[], text[]", "(room_number = r.number) AND (user_id = n.user_id)")]
    [TestCase(PostgresRoomLoader.Messages, "text[], text[], text[]", "(room_number = r.number) AND (sender_id = n.sender_id) AND (client_message_id = n.client_message_id)")]
    [TestCase(PostgresRoomLoader.BoardPlaces, "text[], text[], bigint[]", "(board_number = b.number) AND (seq = n.seq)")]
    [TestCase(PostgresFeed.Messages, "text[], text[], bigint[]", "(room_number = r.number) AND (seq = n.seq)")]
    [TestCase(PostgresFeed.BoardUpdates, "text[], text[], text[], text[], bigint[]", "(board_number = b.number) AND (seq = n.seq)")]
    public void A_statement_that_was_planned_on_empty_tables_finds_a_row_by_its_whole_key(string statement, string types, string key)
    {
        using var connections = new PostgresConnections(Server.Options.Postgres!, "planner");
        using var connection = connections.OpenForKeys();
        connection.Execute($"SET plan_cache_mode = force_generic_plan; PREPARE planned ({types}) AS {statement}");

        var nothing = string.Join(", ", types.Split(", ").Select(_ => "'{}'"));
        var plan = connection.Query<string>($"EXPLAIN (COSTS off) EXECUTE planned ({nothing})");

        plan.Select(line => line.Trim()).Should().Contain($"Index Cond: ({key})");
    }
}
