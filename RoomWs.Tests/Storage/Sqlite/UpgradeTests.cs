using System.Globalization;
using FluentAssertions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Sqlite;

/// <summary>A database of any earlier version comes up, as a whole or not at all, and the log tells how far it is.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class UpgradeTests : IDisposable
{
    /// <summary>All tables, without what chance has made, and without when the migrations were applied.</summary>
    private const string Tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'schema_migrations' ORDER BY name";

    private readonly TestFiles _files = new();
    private readonly MemoryLog _log = new();
    private readonly ILoggerFactory _loggers;

    public UpgradeTests() => _loggers = _log.CreateFactory(isComplete: false);

    private static IEnumerable<long> Schemas => OlderDatabase.Schemas;

    /// <summary>Those that have a table for each of the first version's rows.</summary>
    private static IEnumerable<long> LaterSchemas => Schemas.Where(schema => schema > 4);

    private static long Newest => Migration.All[^1].Version;

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    public void Dispose()
    {
        _loggers.Dispose();
        _log.Dispose();
        _files.Dispose();
    }

    [Test]
    public void The_first_scripts_are_those_of_the_first_version() =>
        Migration.All.Take(4).Select(migration => (migration.Name, migration.Checksum)).Should().Equal(OlderDatabase.FirstScripts.Select(script => (script.Name, script.Checksum)));

    [TestCaseSource(nameof(Schemas))]
    public void A_file_of_every_earlier_schema_becomes_what_a_new_one_would_be(long schema)
    {
        OlderDatabase.Make(Database, schema);
        BringUp();

        using var file = SqlRows.Open(Database);
        file.Texts("SELECT version FROM schema_migrations ORDER BY version").Should().Equal(Migration.All.Select(migration => FormattableString.Invariant($"{migration.Version}")));
        file.Texts("PRAGMA integrity_check").Should().Equal("ok");
        file.Texts("SELECT id FROM rooms ORDER BY id").Should().HaveCount(schema < 4 ? 3 : 4);
        SchemaOf(file).Should().Equal(NewSchema());
    }

    [TestCaseSource(nameof(LaterSchemas))]
    public void By_whichever_schema_it_came_the_rows_are_the_same(long schema)
    {
        OlderDatabase.Make(Database, schema);
        BringUp();
        var direct = Path.Combine(_files.Folder, "direct.db");
        OlderDatabase.Make(direct);
        OlderDatabase.BringUp(direct, _loggers).Dispose();

        RowsOf(Database).Should().Equal(RowsOf(direct)).And.HaveCountGreaterThan(30);
    }

    [Test]
    public void What_versions_after_the_first_have_added_is_kept()
    {
        OlderDatabase.Make(Database, 8);
        using (var older = SqlRows.Open(Database))
        {
            older.Run("""
                UPDATE members SET was_added = 1 WHERE user_id = 'dave';
                INSERT INTO join_denials VALUES ('council', 'frank', 1700000010000);
                UPDATE boards SET snapshot_seq = 4, previous_seq = 3, previous_payload = 'before' WHERE room_id = 'lobby' AND board_id = 'plan'
                """);
        }

        BringUp();

        using var file = SqlRows.Open(Database);
        file.Texts("SELECT user_id FROM members WHERE was_added = 1").Should().Equal("dave");
        file.Texts("SELECT room_number, user_id, denied_at FROM join_denials").Should().Equal("1|frank|1700000010000");
        file.Texts("SELECT bytes, snapshot_seq, snapshot_bytes, previous_seq, previous_payload FROM boards WHERE number = 6").Should().Equal("9|4|4|3|before");
    }

    [Test]
    public void An_upgrade_that_fails_leaves_the_file_as_it_was()
    {
        OlderDatabase.Make(Database);
        using (var file = SqlRows.Open(Database)) file.Run("CREATE TABLE numbered_audit (id INTEGER)");
        var before = File.ReadAllBytes(Database);

        ((Action)BringUp).Should().Throw<StartupException>().Which.Message.Should()
            .Be($"The database {Database} could not be brought from schema 4 to {Newest}, and is as it was. SQLite Error 1: 'table numbered_audit already exists'. Run the program that made it, or give another file with --database.");
        File.ReadAllBytes(Database).Should().Equal(before);
        Directory.GetFiles(_files.Folder).Should().Equal(Database);
    }

    [Test]
    public void So_does_one_for_which_there_is_no_room()
    {
        OlderDatabase.Make(Database);
        var before = File.ReadAllBytes(Database);
        using (var writer = new SqliteFile(Database).OpenForWriting())
        {
            writer.Run("PRAGMA max_page_count = 1");
            ((Action)new Migrator(writer, new ManualTimeProvider(), _loggers.CreateLogger<Migrator>()).BringUp).Should().Throw<StartupException>().Which.Message.Should()
                .Be($"The database {Database} could not be brought from schema 4 to {Newest}, and is as it was. There is no room for the database {Database}: the disk is full. Free space, or give another file with --database.");
        }

        File.ReadAllBytes(Database).Should().Equal(before);
    }

    [Test]
    public void The_log_tells_what_is_upgraded_before_it_begins_and_when_it_is_done()
    {
        OlderDatabase.Make(Database);
        var bytes = new FileInfo(Database).Length;
        BringUp();

        _log.Entries.Select(entry => (entry.EventId, entry.Message)).Should().Equal(
            (1101, FormattableString.Invariant($"Brings the database {Database} from schema 4 to {Newest}; it has {bytes} bytes")),
            (1103, FormattableString.Invariant($"The database {Database} is at schema {Newest}, after 0 s")));
        new FileInfo(Database + "-wal").Exists.Should().BeFalse();
    }

    [Test]
    public void It_tells_how_far_a_long_one_is_no_more_often_than_every_five_seconds()
    {
        OlderDatabase.Make(Database);
        OlderDatabase.BringUp(Database, _loggers, new SlowTime()).Dispose();

        var lines = _log.Entries.Where(entry => entry.EventId == 1102).Select(entry => entry.Message).ToList();
        lines.Should().HaveCountGreaterThan(10).And.OnlyHaveUniqueItems();
        lines[0].Should().Match("Upgrading the database: 0005_shown_rooms_and_kept_replies.sql, statement * of 3, after * s");
        var last = Migration.All.Last(migration => migration.Statements().Count > 0);
        lines[^1].Should().StartWith($"Upgrading the database: {last.Name}, statement ");
        var seconds = lines.ConvertAll(line => int.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture));
        seconds.Zip(seconds.Skip(1), (earlier, later) => later - earlier).Should().OnlyContain(gap => gap >= 5);
    }

    [Test]
    public void Of_a_new_file_and_of_one_that_lacks_nothing_there_is_nothing_to_tell()
    {
        BringUp();
        BringUp();
        _log.Entries.Should().BeEmpty();
    }

    private static List<string> SchemaOf(SqliteConnection file) => file.Texts("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name");

    private static List<string> RowsOf(string path)
    {
        using var file = SqlRows.Open(path);
        return [.. file.Texts(Tables).SelectMany(table => file.Texts($"SELECT {Columns(file, table)} FROM {table} ORDER BY {Columns(file, table)}").Select(row => $"{table}: {row}"))];
    }

    private static string Columns(SqliteConnection file, string table) => string.Join(", ", file.Texts($"SELECT name FROM pragma_table_info('{table}') WHERE name <> 'epoch'"));

    private void BringUp() => OlderDatabase.BringUp(Database, _loggers).Dispose();

    private List<string> NewSchema()
    {
        var path = Path.Combine(_files.Folder, "new.db");
        OlderDatabase.BringUp(path, _loggers).Dispose();
        using var file = SqlRows.Open(path);
        return SchemaOf(file);
    }

    /// <summary>Two seconds pass whenever somebody looks.</summary>
    private sealed class SlowTime : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds += 2;
    }
}
