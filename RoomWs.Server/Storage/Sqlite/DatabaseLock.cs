using System.Globalization;
using Microsoft.Data.Sqlite;
using RoomWs.Server.Configuration;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// Keeps a second server from a database while this one lives: the clients of the two would not hear of each other's changes. It is
/// a write lock that is never let go, on a small file beside the database. The operating system holds it for the process, so it ends with
/// that, however it ends; a file that is left behind means nothing. It is never deleted: a third server could otherwise lock a new
/// one while a second still holds the old.
/// </summary>
/// <remarks>
/// SQLite does the locking here too. Its way works on every system, and lets the one who comes too late read who came first; a file that is
/// open without sharing does not.
/// </remarks>
internal sealed class DatabaseLock : IDisposable
{
    private readonly SqliteConnection _connection;

    private DatabaseLock(SqliteConnection connection) => _connection = connection;

    /// <summary>Takes the lock of a database.</summary>
    /// <exception cref="StartupException">Another server has it, or there is no way to make it.</exception>
    public static DatabaseLock Take(string database)
    {
        var path = database + ".lock";
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            connection.Open();
            if (!TryBegin(connection)) throw InUse(database, connection);

            // Who it is has to be committed to be readable, and the lock taken again after that; whoever slips in between has it.
            Run(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Environment.ProcessId}"));
            Run(connection, "COMMIT");
            if (!TryBegin(connection)) throw InUse(database, connection);
            return new DatabaseLock(connection);
        }
        catch (SqliteException cause)
        {
            connection.Dispose();
            throw new StartupException(Describe(cause, path), cause);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Without the patience that a command has: who holds this lock does not let it go.</summary>
    private static bool TryBegin(SqliteConnection connection)
    {
        var result = raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE");
        if (result == raw.SQLITE_BUSY) return false;
        SqliteException.ThrowExceptionForRC(result, connection.Handle);
        return true;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static StartupException InUse(string database, SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var process = (long)command.ExecuteScalar()!;
        return new StartupException(string.Create(
            CultureInfo.InvariantCulture,
            $"The database {database} is in use by another RoomWs server, process {process}. Stop that one, or give another file with --database."));
    }

    private static string Describe(SqliteException cause, string path) => cause.SqliteErrorCode switch
    {
        raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY =>
            $"Cannot write {path}, which keeps other servers from the database. Let this user write to the directory and the files in it, or give another file with --database.",
        raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => $"The lock file {path} is damaged. It holds nothing: delete it, where no server runs on that database.",
        _ => SqliteFault.AtStart(cause, path),
    };
}
