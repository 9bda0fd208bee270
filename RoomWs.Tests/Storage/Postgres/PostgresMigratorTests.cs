using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Postgres;

[Category("Postgres")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgresMigratorTests : IDisposable
{
    private const string Versions = "SELECT version FROM schema_migrations ORDER BY version";

    /// <summary>What is not alike, and on which side it is: numbers come from a sequence, rows that SQLite needs a number for have none, several nodes write the feed and share allowances.</summary>
    private static readonly string[] OfSqliteAlone = ["board_updates.number", "head.next_number", "head.only", "messages.number"];

    private static readonly string[] OfPresence =
        ["presence.connections", "presence.node", "presence.user_id", "presence.username", "presence_mark.made_at", "presence_mark.mark", "presence_mark.single"];

    private static readonly string[] OfPostgresAlone = ["allowances.full_at", "allowances.kind", "allowances.user_id", "feed.n", "feed.node", "head.single", .. OfPresence, "schema_migrations.readable_by"];

    private readonly EmptyDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Test]
    public void An_empty_database_gets_all_tables_once()
    {
        BringUp();
        BringUp();

        _database.Read<long>(Versions).Should().Equal(PostgresMigration.All.Select(migration => migration.Version));
        _database.Read<long>("SELECT position + room_count FROM head").Should().Equal(0);
        _database.Read<long>("SELECT nextval('numbers')").Should().Equal(1);
        _database.Read<long>("SELECT nextval('numbers')").Should().Equal(65_537);
    }

    [Test]
    public async Task Nodes_that_start_at_once_wait_for_the_one_that_makes_the_tables()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(BringUp))).OrFailAsync("the last node");

        _database.Read<long>(Versions).Should().Equal(PostgresMigration.All.Select(migration => migration.Version));
    }

    [Test]
    public void Both_databases_have_the_same_columns()
    {
        BringUp();
        var postgres = _database.Read<string>("SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'");
        using var files = new TestFiles();
        using var sqlite = new SqliteFile(Path.Combine(files.Folder, "rooms.db")).OpenForWriting();
        new Migrator(sqlite, TimeProvider.System, NullLogger<Migrator>.Instance).BringUp();
        using var file = SqlRows.Open(Path.Combine(files.Folder, "rooms.db"));

        var columns = file.Rows("SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'", row => row.GetString(0));
        var (ofSqlite, ofPostgres) = (columns.Except(postgres), postgres.Except(columns));
        ofSqlite.Should().BeEquivalentTo(OfSqliteAlone);
        ofPostgres.Should().BeEquivalentTo(OfPostgresAlone);
    }

    [Test]
    public void Numbers_are_of_64_bits_and_text_has_an_order_of_its_own()
    {
        BringUp();

        _database.Read<string>("""
            SELECT a.attrelid::regclass || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
                AND NOT (a.atttypid IN ('bigint'::regtype, 'bytea'::regtype, 'boolean'::regtype) OR a.atttypid = 'text'::regtype AND a.attcollation = '"C"'::regcollation)
            """).Should().BeEmpty();
    }

    [Test]
    public void An_edited_migration_is_refused()
    {
        BringUp();
        _database.Run("UPDATE schema_migrations SET checksum = 'other' WHERE version = 9");

        ExpectRefusal("Migration 0009_rooms.sql of the database * at * is not the one that this program has. Run the program that made it, or give another database in Postgres.");
    }

    [Test]
    public void A_newer_schema_is_run_on_where_it_says_so_and_refused_otherwise()
    {
        BringUp();
        _database.Run("INSERT INTO schema_migrations VALUES (98, '0098_more.sql', 'c', 0, 9)");
        BringUp();

        _database.Run("INSERT INTO schema_migrations VALUES (99, '0099_other.sql', 'c', 0, 99), (100, '0100_more.sql', 'c', 0, 9)");
        ExpectRefusal($"The database * at * has schema 100, and this program knows {PostgresMigration.All[^1].Version} at most. Run the newer program, or give another database in Postgres.");
    }

    [TestCase("CREATE TABLE customers (id int)")]
    [TestCase("CREATE VIEW customers AS SELECT 1")]
    [TestCase("CREATE TABLE schema_migrations (version text)")]
    public void A_database_of_another_program_is_refused_and_left_as_it_is(string theirs)
    {
        _database.Run(theirs);

        ExpectRefusal("The database * at * has tables of another program, and is left as it is. Give another database, or another Search Path, in Postgres.");
        _database.Read<long>("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')").Should().Equal(1);
    }

    [Test]
    public void Another_RoomWs_in_another_schema_is_refused()
    {
        BringUp();
        _database.Run("ALTER SCHEMA public RENAME TO theirs; CREATE SCHEMA public");

        ExpectRefusal("The database * at * has the tables of another RoomWs in its schema theirs, and two in one database would hear each other. Give each a database of its own in Postgres.");
        _database.Read<long>("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").Should().Equal(0);
    }

    [Test]
    public void Another_program_may_have_a_schema_of_its_own_beside_it()
    {
        _database.Run("CREATE SCHEMA theirs; CREATE TABLE theirs.customers (id int)");

        BringUp();

        _database.Read<long>(Versions).Should().Equal(PostgresMigration.All.Select(migration => migration.Version));
    }

    private void BringUp()
    {
        using var connections = _database.Connections();
        new PostgresMigrator(connections, TimeProvider.System, NullLogger<PostgresMigrator>.Instance).BringUp();
    }

    private void ExpectRefusal(string message) => this.Invoking(test => test.BringUp()).Should().Throw<StartupException>().WithMessage(message);
}
