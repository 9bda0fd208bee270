using System.Globalization;
using Dapper;
using Npgsql;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>Whose tables a database has, and which migrations. Looks only, and changes nothing.</summary>
internal static class PostgresSchema
{
    private const string Foreign = "has tables of another program, and is left as it is. Give another database, or another Search Path, in Postgres.";

    /// <summary>The migrations that the database has, by their number, with their checksums.</summary>
    /// <exception cref="StartupException">It is a database of another program, of a newer one that this one cannot run beside, or with a migration that is not this program's.</exception>
    public static IReadOnlyDictionary<long, string> Applied(NpgsqlConnection connection, string target)
    {
        RefuseOthers(connection, target);
        if (!IsOurs(connection, target)) return new Dictionary<long, string>();

        var rows = connection.Query<(long Version, string Checksum, long ReadableBy)>("SELECT version, checksum, readable_by FROM schema_migrations ORDER BY version").AsList();
        var known = PostgresMigration.All;
        var newest = known[^1].Version;
        if (rows.Exists(row => row.Version > newest && row.ReadableBy > newest))
        {
            throw new StartupException(string.Create(
                CultureInfo.InvariantCulture,
                $"The {target} has schema {rows[^1].Version}, and this program knows {newest} at most. Run the newer program, or give another database in Postgres."));
        }

        var applied = rows.ToDictionary(row => row.Version, row => row.Checksum);
        if (known.FirstOrDefault(migration => applied.TryGetValue(migration.Version, out var checksum) && checksum != migration.Checksum) is { } other)
            throw new StartupException($"Migration {other.Name} of the {target} is not the one that this program has. Run the program that made it, or give another database in Postgres.");

        return applied;
    }

    /// <summary>Locks and notifications are of a database, and not of a schema: two in one would hear each other, and take each other's names.</summary>
    private static void RefuseOthers(NpgsqlConnection connection, string target)
    {
        var other = connection.ExecuteScalar<string?>(
            """
            SELECT n.nspname FROM pg_namespace n
            WHERE n.oid <> current_schema()::regnamespace
                AND (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname IN ('schema_migrations', 'head', 'feed') AND c.relkind IN ('r', 'p')) = 3
            ORDER BY 1 LIMIT 1
            """);
        if (other is not null) throw new StartupException($"The {target} has the tables of another RoomWs in its schema {other}, and two in one database would hear each other. Give each a database of its own in Postgres.");
    }

    /// <summary>Whether there are tables of RoomWs; false if there are none at all.</summary>
    private static bool IsOurs(NpgsqlConnection connection, string target)
    {
        // What an extension has put there is nobody's data.
        var relations = connection.ExecuteScalar<long>(
            """
            SELECT count(*) FROM pg_class c
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            """);
        if (relations == 0) return false;

        // Other programs have a table of that name, too, with other columns.
        var ours = connection.ExecuteScalar<long>(
            """
            SELECT count(*) FROM pg_attribute a
            WHERE a.attrelid = to_regclass(quote_ident(current_schema()) || '.schema_migrations') AND a.attnum > 0 AND NOT a.attisdropped
                AND a.attname IN ('version', 'name', 'checksum', 'applied_at', 'readable_by')
            """);
        return ours == 5 ? true : throw new StartupException($"The {target} {Foreign}");
    }
}
