using Dapper;
using Microsoft.Data.Sqlite;
using RoomWs.Server.Configuration;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// Opens connections to the database file, all set up the same way. May be used from any thread.
/// Everything that is specific to the SQLite driver stays in this folder.
/// </summary>
internal sealed class SqliteFile
{
    /// <summary>
    /// The length that the write-ahead log is cut to, in bytes, once it has been moved into the database. SQLite moves it at about 4 MB; it is longer where a
    /// reader stays in it, such as a backup. Below 4 MB every round would cut the file and lengthen it again.
    /// </summary>
    public const int LogLimit = 16 * 1_048_576;

    private readonly string _path;

    static SqliteFile()
    {
        SQLitePCL.Batteries_V2.Init();
        // Columns are snake_case, properties are PascalCase. Dapper has only one switch for the whole process.
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    /// <summary>Resolves the path of the file, and creates its directory if it is missing.</summary>
    /// <exception cref="StartupException">The directory cannot be created, or the path is a directory.</exception>
    public SqliteFile(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            // Follow links, so that the write-ahead log and the lock file are beside the real file, whatever link the path goes through.
            _path = File.Exists(full) && File.ResolveLinkTarget(full, returnFinalTarget: true) is { } target ? target.FullName : full;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_path)!);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"There is no directory for the database {path}, and it cannot be made: {cause.Message.TrimEnd('.')}. Give another file with --database.", cause);
        }

        if (Directory.Exists(_path)) throw new StartupException($"The database {path} is a directory. Give the path of a file with --database.");
    }

    public string Path => _path;

    /// <summary>
    /// Opens the connection for all changes. With synchronous = FULL, an acknowledged commit survives a power cut. With secure_delete = ON, what is deleted
    /// is overwritten; FAST would leave whole pages as they are.
    /// </summary>
    public PreparedConnection OpenForWriting()
    {
        PrivateFile.Prepare(_path);
        // First of all: journal_mode writes the header of a new file, and after that it is too late. On one that has it, it would be a change each time.
        var isNew = new FileInfo(_path) is not { Exists: true, Length: > 0 };
        return Open(
            SqliteOpenMode.ReadWriteCreate,
            $"{(isNew ? "PRAGMA auto_vacuum = INCREMENTAL; " : "")}PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384; PRAGMA journal_size_limit = {LogLimit};");
    }

    /// <summary>Opens a read connection, which sees the last commit and never waits for the writer.</summary>
    public PreparedConnection OpenForReading() => Open(SqliteOpenMode.ReadOnly, "PRAGMA query_only = ON; PRAGMA cache_size = -8192;");

    /// <summary>
    /// Opens the file to look at it and changes nothing of it, also where it is of another program: no journal is rolled back, no log moved into it, and no
    /// file made beside it that was not left there. Only while no server uses it, because without a log it is read without SQLite's locks.
    /// </summary>
    public SqliteConnection OpenUntouched()
    {
        // What a killed server has left in the log belongs to the database. Without one, a connection that only reads would make it, and leave it behind.
        var log = new FileInfo(_path + "-wal");
        var isAlone = !log.Exists || log.Length == 0;
        return isAlone ? OpenWithoutLog(_path) : Opened(Connection(_path, SqliteOpenMode.ReadOnly));
    }

    /// <summary>
    /// Opens what is in the file itself, without its log and without SQLite's locks, and so makes, changes and deletes nothing, whoever uses the file
    /// meanwhile. What is read may be older than the last commit.
    /// </summary>
    public static SqliteConnection OpenWithoutLog(string path) => Opened(Connection(Immutable(System.IO.Path.GetFullPath(path)), SqliteOpenMode.ReadOnly));

    /// <summary>
    /// Opens a connection for a process other than the server's. It is opened for writing although it only reads: if no server runs, a read-only
    /// connection would leave the files of the write-ahead log behind.
    /// </summary>
    public static SqliteConnection OpenForCopying(string path) => Opened(Connection(path, SqliteOpenMode.ReadWrite));

    // Each part escaped by itself: Uri would leave a % in a name as it is, and SQLite read it as an escape.
    private static string Immutable(string path) =>
        $"file:///{string.Join('/', path.TrimStart('/').Split(System.IO.Path.DirectorySeparatorChar).Select(Uri.EscapeDataString))}?immutable=1";

    private static SqliteConnection Opened(SqliteConnection connection)
    {
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

    // No pooling: it would hand a closed connection's pragmas and locks to the next one. These connections are kept open as long as needed.
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
                // SQLite silently falls back to read-only, and would fail only at the first change.
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
