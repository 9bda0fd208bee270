using System.Data.Common;
using FluentAssertions;
using Npgsql;
using NUnit.Framework;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Storage.Sqlite;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Postgres;

/// <summary><c>move</c>: a PostgreSQL holds what a file has held, to the last column, or nothing.</summary>
[Category("Postgres")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgresMoveTests : IDisposable
{
    private readonly EmptyDatabase _postgres = new();
    private readonly TestFiles _files = new();

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    public void Dispose()
    {
        _files.Dispose();
        _postgres.Dispose();
    }

    [Test]
    public async Task Every_column_of_every_table_is_there_and_the_file_is_as_it_was()
    {
        MakeFull();
        var before = await File.ReadAllBytesAsync(Database);

        var (exitCode, output, error) = await MoveAsync();

        (exitCode, error).Should().Be((0, ""));
        output.Should().Match($"Moved {Database} to the database roomws_* at *: * rows of 12 tables in * s{Environment.NewLine}").And.NotContain("U+FFFD");
        (await File.ReadAllBytesAsync(Database)).Should().Equal(before);
        Directory.GetFiles(_files.Folder).Should().Equal(Database);
        using var file = SqlRows.Open(Database);
        using var moved = new NpgsqlConnection(_postgres.ConnectionString + ";Pooling=false");
        moved.Open();
        var tables = file.Texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('schema_migrations', 'head', 'feed')");
        tables.Should().HaveCount(12);
        foreach (var table in tables)
        {
            var columns = file.Texts($"SELECT name FROM pragma_table_info('{table}')");
            // Only the order of arrival has no column there.
            if (table is "messages" or "board_updates") columns.Remove("number");
            _postgres.Read<string>($"SELECT attname::text FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0").Should().BeEquivalentTo(columns, "of {0}", table);
            foreach (var column in columns) file.Texts($"SELECT 1 FROM {table} WHERE {column} IS NOT NULL LIMIT 1").Should().NotBeEmpty("a value of {0}.{1} is to be moved", table, column);
            Rows(moved, table, columns).Should().Equal(Rows(file, table, columns), "of {0}", table);
        }
    }

    [Test]
    public async Task Numbers_go_on_behind_those_that_were_given_out()
    {
        MakeFull();
        (await MoveAsync()).ExitCode.Should().Be(0);

        using var file = SqlRows.Open(Database);
        var (position, next, rooms) = file.Rows("SELECT position, next_number, room_count FROM head", row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2))).Single();
        (position, rooms).Should().Be((77, 4));
        _postgres.Read<(long, long)>("SELECT position, room_count FROM head").Should().Equal((position, rooms));
        _postgres.Read<long>("SELECT nextval('numbers')").Should().Equal(next);
        _postgres.Read<long>("INSERT INTO audit (room_number, room_id, at, user_id, action) VALUES (1, 'r', 1, 'u', 'x') RETURNING id").Should().Equal(1001);
    }

    [Test]
    public async Task A_server_goes_on_with_what_was_moved()
    {
        MakeFull();
        (await MoveAsync()).ExitCode.Should().Be(0);

        using var server = ServerProcess.Run([], ["serve", "--dev", "--port", "0", "--postgres", _postgres.ConnectionString]);
        using var alice = await WireSocket.ConnectAsync(new Uri(await server.UrlAsync() + "?user=alice"));
        (await alice.AskAsync(new { type = "ROOM_CREATE", roomId = "new" })).Type().Should().Be("ROOM_CREATED");
        var history = await alice.AskAsync(new { type = "ROOM_HISTORY", roomId = "lobby" });
        history.GetProperty("messages").GetArrayLength().Should().Be(4);
        (await alice.AskAsync(new { type = "ROOM_MESSAGE", roomId = "lobby", content = "on" })).Number("seq").Should().Be(5);
    }

    [Test]
    public async Task A_nul_in_an_old_text_becomes_another_character_and_is_counted()
    {
        MakeFull();
        using (var file = SqlRows.Open(Database))
        {
            file.Run("UPDATE messages SET content = 'a' || char(0) || 'b' || char(0) WHERE room_number = 2 AND seq <= 2");
            file.Run("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        (await MoveAsync()).Output.Should().Contain("; in 2 texts there is U+FFFD now where there was U+0000, which PostgreSQL does not hold");
        _postgres.Read<string>("SELECT content FROM messages WHERE room_number = 2 ORDER BY seq LIMIT 2").Should().Equal("a\uFFFDb\uFFFD", "a\uFFFDb\uFFFD");
    }

    [Test]
    public async Task A_file_of_an_older_version_moves_and_stays_one()
    {
        OlderDatabase.Make(Database);
        var before = await File.ReadAllBytesAsync(Database);

        (await MoveAsync()).Error.Should().BeEmpty();

        (await File.ReadAllBytesAsync(Database)).Should().Equal(before);
        Directory.GetFiles(_files.Folder).Should().Equal(Database);
        _postgres.Read<string>("SELECT id FROM rooms ORDER BY id").Should().Equal("again", "council", "lobby", "vault");
    }

    [Test]
    public async Task A_database_that_has_rows_is_refused_and_left_as_it_is()
    {
        MakeFull();
        (await MoveAsync()).ExitCode.Should().Be(0);

        await ExpectRefusalAsync("The database * has rooms or what belongs to them already (in audit), and is left as it is. Give an empty database in Postgres.*");
        _postgres.Read<long>("SELECT count(*) FROM rooms").Should().Equal(4);
    }

    [Test]
    public async Task What_cannot_be_moved_whole_is_not_moved_at_all()
    {
        MakeFull();
        using (var file = SqlRows.Open(Database))
        {
            // A row twice, which another program has made.
            file.Run("DROP INDEX messages_in_order");
            file.Run("INSERT INTO messages (room_number, seq, id, message_type, sent_at) SELECT room_number, seq, id, message_type, sent_at FROM messages LIMIT 1");
            file.Run("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        await ExpectRefusalAsync("The database * reports a fault (*messages_pkey*SQLSTATE 23505*");
        _postgres.Read<long>("SELECT count(*) FROM audit").Should().Equal(0);
    }

    [Test]
    public async Task A_file_that_a_server_uses_is_refused()
    {
        MakeFull();
        using (DatabaseLock.Take(Database)) await ExpectRefusalAsync($"The database {Database} is in use by another RoomWs server, process *");
    }

    [Test]
    public async Task A_database_that_a_node_uses_is_refused()
    {
        MakeFull();
        using var connections = _postgres.Connections("n1");
        using var node = connections.OpenAlone();

        await ExpectRefusalAsync("A node of RoomWs runs on the database *. Stop it, or give another database in Postgres.*");
    }

    [Test]
    public async Task A_file_that_is_none_is_refused()
    {
        await ExpectRefusalAsync($"There is no database {Database}; name it with --database.*");
        await File.WriteAllTextAsync(Database, "no database, but long enough to be looked at");
        await ExpectRefusalAsync($"The file {Database} is not a database, *");
    }

    [Test]
    public async Task A_postgres_that_is_not_there_is_said_in_one_line()
    {
        MakeFull();
        await ExpectRefusalAsync("The database nowhere at 127.0.0.1:1 cannot be reached (*", "Host=127.0.0.1;Port=1;Database=nowhere;Username=x;Password=geheim");
    }

    private static List<string> Rows(DbConnection connection, string table, List<string> columns) =>
        [.. connection.Rows($"SELECT {string.Join(", ", columns)} FROM {table}", row => string.Join('|', columns.Select((_, i) => row.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : FormattableString.Invariant($"{row.GetValue(i)}")))).Order(StringComparer.Ordinal)];

    /// <summary>With something in every table and column.</summary>
    private void MakeFull()
    {
        OlderDatabase.Make(Database);
        using (var log = new MemoryLog())
        {
            using var loggers = log.CreateFactory(isComplete: false);
            OlderDatabase.BringUp(Database, loggers).Dispose();
        }

        using var file = SqlRows.Open(Database);
        file.Run("UPDATE head SET position = 77");
        file.Run("UPDATE messages SET reply_to = 1, metadata = '{\"a\":\"Grüße 👋\"}', edit = 1, edited_at = 2, deleted_at = 3 WHERE room_number = 2 AND seq = 2");
        file.Run("UPDATE boards SET previous_seq = 1, previous_payload = '+p', snapshot_seq = 1, snapshot_payload = '+s' WHERE board_id = 'plan'");
        file.Run("UPDATE rooms SET active_board_id = 'plan' WHERE id = 'lobby'");
        file.Run("UPDATE invites SET used_at = 5, used_by = 'bob' WHERE id = (SELECT MIN(id) FROM invites)");
        file.Run("INSERT INTO idempotency (user_id, key, fingerprint, reply_type, reply, created_at, room_id) VALUES ('alice', 'k', x'00ff', 'ROOM_CREATED', x'7b7d', 7, 'lobby')");
        file.Run("INSERT INTO join_denials VALUES (2, 'dave', 9)");
        file.Run("INSERT INTO remains VALUES (99)");
        file.Run("INSERT INTO audit (id, room_number, room_id, at, user_id, action, version, targets, detail) VALUES (1000, 2, 'lobby', 1, 'alice', 'x', 1, '[\"bob\"]', 'd')");
        file.Run("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private async Task ExpectRefusalAsync(string message, string? postgres = null)
    {
        var (exitCode, output, error) = await MoveAsync(postgres);
        (exitCode, output).Should().Be((1, ""));
        error.Should().Match(message).And.NotContain("geheim").And.NotContain("Exception");
        error.TrimEnd().Should().NotContain("\n");
    }

    private Task<(int ExitCode, string Output, string Error)> MoveAsync(string? postgres = null) =>
        new CommandLineRun().RunAsync("move", "--database", Database, "--postgres", postgres ?? _postgres.ConnectionString);
}
