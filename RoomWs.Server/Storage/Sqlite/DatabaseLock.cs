using System.Globalization;
using Microsoft.Data.Sqlite;
using RoomWs.Server.Configuration;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// Keeps a second server away from a database while this one runs, because the clients of two servers would not be told of each other's
/// changes. It is a write lock that is held until the end, on a small file beside the database. The operating system holds it for the process
/// and frees it when the process ends in any way, so a file that is left over means nothing. A server never deletes the file. Who withdraws does,
/// and so whoever has taken the lock looks whether its file is still the one in place: otherwise a third server could lock a new file while a
/// second holds the old one.
/// </summary>
/// <remarks>
/// SQLite does the locking here too. Its locks work on every system, and let the second server read the process id of the first. A file that
/// is opened without sharing does not.
/// </remarks>
internal sealed class DatabaseLock : IDisposable
{
    /// <summary>What the name of a lock file has behind that of its database.</summary>
    public const string Suffix = ".lock";

    private readonly SqliteConnection _connection;

    /// <summary>The lock file, if this lock has made it; null if it was there before.</summary>
    private readonly string? _made;

    private DatabaseLock(SqliteConnection connection, string? made) => (_connection, _made) = (connection, made);

    /// <summary>Takes the lock of a database.</summary>
    /// <exception cref="StartupException">Another server has the lock, or the lock file cannot be used.</exception>
    public static DatabaseLock Take(string database)
    {
        var path = database + Suffix;
        while (true)
        {
            if (TryTake(database, path) is { } taken) return taken;
        }
    }

    /// <summary>Frees the lock of a database that was not used after all, and deletes the lock file where there was none before.</summary>
    public void Withdraw()
    {
        try
        {
            // While it is held: whoever has the file open, too, can take the lock only after this, and finds that it is not in place.
            if (_made is not null) File.Delete(_made);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // Windows deletes no open file. It holds nothing.
        }

        Dispose();
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Returns null if the file that it has locked was deleted meanwhile.</summary>
    private static DatabaseLock? TryTake(string database, string path)
    {
        var made = File.Exists(path) ? null : path;
        PrivateFile.Prepare(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            connection.Open();
            if (!TryBegin(connection)) throw InUse(database, connection);

            // The process id must be committed so that others can read it, and the lock taken again after that. A server that takes the lock
            // in between has it.
            Run(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Environment.ProcessId}"));
            Run(connection, "COMMIT");
            if (!TryBegin(connection)) throw InUse(database, connection);
            if (IsInPlace(path)) return new DatabaseLock(connection, made);
            connection.Dispose();
            return null;
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

    /// <summary>Whether the file of that name is the one that this process has just written its number to.</summary>
    private static bool IsInPlace(string path)
    {
        if (!File.Exists(path)) return false;
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString());
        connection.Open();
        return Owner(connection) == Environment.ProcessId;
    }

    /// <summary>Tries to take the write lock. Does not wait for it as a command would, because a server never releases it.</summary>
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

    private static long Owner(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return (long)command.ExecuteScalar()!;
    }

    private static StartupException InUse(string database, SqliteConnection connection)
    {
        return new StartupException(string.Create(
            CultureInfo.InvariantCulture,
            $"The database {database} is in use by another RoomWs server, process {Owner(connection)}. Stop that one, or give another file with --database."));
    }

    private static string Describe(SqliteException cause, string path) => cause.SqliteErrorCode switch
    {
        raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY =>
            $"Cannot write {path}, which keeps other servers from the database. Let this user write to the directory and the files in it, or give another file with --database.",
        raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => $"The lock file {path} is damaged. It holds nothing: delete it, where no server runs on that database.",
        _ => SqliteFault.AtStart(cause, path),
    };
}
