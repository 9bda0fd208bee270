using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>Fills an empty database with what a stopped one of another kind holds: all of it or nothing.</summary>
/// <param name="connections">Leads to the database.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Called with a line now and then, where it takes long.</param>
internal sealed class PostgresMove(PostgresConnections connections, TimeProvider time, Action<string> tell)
{
    /// <summary>Refuses a database that cannot be used or is in use, and brings its schema up.</summary>
    /// <exception cref="StartupException">It is not one to fill; the message says why.</exception>
    public void Prepare()
    {
        PostgresCheck.ExpectUsable(connections);
        new PostgresMigrator(connections, time, NullLogger<PostgresMigrator>.Instance).BringUp();
        using var connection = connections.OpenAlone();
        if (connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'RoomWs %' AND application_name <> current_setting('application_name'))"))
            throw new StartupException($"A node of RoomWs runs on the {connections.Target}. Stop it, or give another database in Postgres.");
    }

    /// <summary>Copies all rows in one transaction, and compares how many there are then.</summary>
    /// <exception cref="StartupException">It has rows, or has not the same in the end. Nothing of it is changed then.</exception>
    public MovedRows Run(DatabaseToMove from)
    {
        using var connection = connections.OpenForWriting();
        using var transaction = connection.BeginTransaction();
        // It reads the other one meanwhile, and that may take its time.
        connection.Execute("SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0");
        foreach (var table in from.Tables) ExpectEmpty(connection, table);
        var moved = Copy(connection, from);
        SetNumbers(connection, from);
        // Until it knows how much there is, it would read the tables through for every look-up.
        connection.Execute($"ANALYZE {string.Join(", ", from.Tables)}", commandTimeout: 0);
        transaction.Commit();
        return moved;
    }

    private void ExpectEmpty(NpgsqlConnection connection, string table)
    {
        // Also against a node that starts meanwhile.
        connection.Execute($"LOCK TABLE {table} IN EXCLUSIVE MODE");
        if (connection.ExecuteScalar<bool>($"SELECT EXISTS (SELECT FROM {table})"))
            throw new StartupException($"The {connections.Target} has rooms or what belongs to them already (in {table}), and is left as it is. Give an empty database in Postgres.");
    }

    private MovedRows Copy(NpgsqlConnection connection, DatabaseToMove from)
    {
        var (all, nuls, progress) = (0L, 0L, new MoveProgress(time, tell));
        foreach (var table in from.Tables)
        {
            var copy = new TableCopy(connection, table);
            using (var rows = from.Read(table, copy.Columns)) copy.Run(rows, progress);
            var (expected, found) = (from.Count(table), connection.ExecuteScalar<long>($"SELECT count(*) FROM {table}", commandTimeout: 0));
            if (expected != found) throw new StartupException(FormattableString.Invariant($"Of the {expected} rows of {table} {found} came to the {connections.Target}, which is left as it was. Please report it."));
            (all, nuls) = (all + found, nuls + copy.Nuls);
        }

        return new MovedRows(from.Tables.Count, all, nuls);
    }

    /// <summary>Numbers go on where they have been.</summary>
    private static void SetNumbers(NpgsqlConnection connection, DatabaseToMove from)
    {
        connection.Execute("UPDATE head SET position = @Position, room_count = @RoomCount", new { from.Head.Position, from.Head.RoomCount });
        connection.Execute("SELECT setval('numbers', @NextNumber, false)", new { from.Head.NextNumber });
        if (from.LastAudit > 0) connection.Execute("SELECT setval(pg_get_serial_sequence('audit', 'id'), @LastAudit)", new { from.LastAudit });
    }
}
