using Dapper;
using Microsoft.Data.Sqlite;

namespace RoomWs.Server.Storage;

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

    public SqliteFile(string path)
    {
        _path = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_path)!);
    }

    public string Path => _path;

    /// <summary>The connection that all changes go through. FULL: a commit that was acknowledged survives a power cut.</summary>
    public PreparedConnection OpenForWriting() => Open(
        SqliteOpenMode.ReadWriteCreate,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;");

    /// <summary>A connection that sees the last commit and never waits for the writer.</summary>
    public PreparedConnection OpenForReading() => Open(SqliteOpenMode.ReadOnly, "PRAGMA query_only = ON; PRAGMA cache_size = -8192;");

    private PreparedConnection Open(SqliteOpenMode mode, string pragmas)
    {
        // Pooling would hand a closed connection's pragmas and locks to the next; these connections live as long as the server.
        var settings = new SqliteConnectionStringBuilder { DataSource = _path, Mode = mode, Pooling = false, DefaultTimeout = 5 };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
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
