using Dapper;
using Microsoft.Data.Sqlite;
using RoomWs.Server.Configuration;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Opens connections to the database file, each set up alike. Everything that is SQLite's own stays in this folder.</summary>
internal sealed class SqliteFile
{
    private readonly string _path;

    static SqliteFile()
    {
        SQLitePCL.Batteries_V2.Init();
        // Columns are snake_case and properties are not; Dapper has one switch for the whole process.
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    /// <summary>Names the file, and makes its directory where that is missing.</summary>
    /// <exception cref="StartupException">There is no such file, and there cannot be one.</exception>
    public SqliteFile(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            // What lies beside the database - its log, its lock - is beside the file itself, by whichever link one comes to it.
            _path = File.Exists(full) && File.ResolveLinkTarget(full, returnFinalTarget: true) is { } target ? target.FullName : full;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_path)!);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"There is no directory for the database {path}, and it cannot be made: {cause.Message} Give another file with --database.", cause);
        }

        if (Directory.Exists(_path)) throw new StartupException($"The database {path} is a directory. Give the path of a file with --database.");
    }

    public string Path => _path;

    /// <summary>The connection that all changes go through. FULL: a commit that was acknowledged survives a power cut.</summary>
    public PreparedConnection OpenForWriting() => Open(
        SqliteOpenMode.ReadWriteCreate,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;");

    /// <summary>A connection that sees the last commit and never waits for the writer.</summary>
    public PreparedConnection OpenForReading() => Open(SqliteOpenMode.ReadOnly, "PRAGMA query_only = ON; PRAGMA cache_size = -8192;");

    /// <summary>
    /// A connection of another process than the server's. It may write, though it is not meant to: one that only reads would leave the files of the
    /// write-ahead log behind where no server runs.
    /// </summary>
    public static SqliteConnection OpenForCopying(string path)
    {
        var connection = Connection(path, SqliteOpenMode.ReadWrite);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // Pooling would hand a closed connection's pragmas and locks to the next; these connections live as long as they are needed.
    private static SqliteConnection Connection(string path, SqliteOpenMode mode) =>
        new(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ToString());

    private PreparedConnection Open(SqliteOpenMode mode, string pragmas)
    {
        var connection = Connection(_path, mode);
        try
        {
            connection.Open();
            if (mode == SqliteOpenMode.ReadWriteCreate && raw.sqlite3_db_readonly(connection.Handle, "main") == 1)
            {
                // SQLite falls back to reading in silence, and would only say so at the first change.
                throw new StartupException(SqliteFault.ReadOnly(_path));
            }

            using var command = connection.CreateCommand();
            command.CommandText = pragmas;
            command.ExecuteNonQuery();
            return new PreparedConnection(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
