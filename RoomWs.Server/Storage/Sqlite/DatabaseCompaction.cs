using Dapper;
using Microsoft.Data.Sqlite;
using RoomWs.Server.Configuration;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// Writes a database anew without the pages that were freed, and so that it gives back later ones by itself. What an older version deleted, and only
/// took out of the lists, is gone from the file after that.
/// </summary>
internal static class DatabaseCompaction
{
    /// <summary>Compacts a database that no server uses.</summary>
    /// <returns>The length of its files before and after, in bytes.</returns>
    /// <exception cref="DatabaseToolException">It could not be compacted; nothing of what it holds was changed.</exception>
    public static (long Before, long After) Run(string database)
    {
        ToolPath.ExpectFile(database, "database", "; name it with --database");
        try
        {
            var file = new SqliteFile(database);
            using var held = DatabaseLock.Take(file.Path);
            try
            {
                SchemaCheck.ExpectUsable(file);
                var before = Length(file.Path);
                Compact(file.Path, database);
                return (before, Length(file.Path));
            }
            finally
            {
                held.Withdraw();
            }
        }
        catch (StartupException cause)
        {
            throw new DatabaseToolException(cause.Message, cause);
        }
        catch (SqliteException cause)
        {
            throw new DatabaseToolException(Describe(cause, database), cause);
        }
    }

    private static void Compact(string path, string database)
    {
        // An empty file is none yet.
        DatabaseCheck.ExpectRoomWs(database);
        using var connection = SqliteFile.OpenForCopying(path);
        connection.Execute("PRAGMA auto_vacuum = INCREMENTAL; VACUUM");
        // Until then the old pages are in the file, and the new ones in its log.
        if (connection.QueryFirst<long>("PRAGMA wal_checkpoint(TRUNCATE)") != 0)
            throw new DatabaseToolException($"The database {database} is compacted, but another program reads it, and so its file is not shorter yet. End that program and run this again.");
    }

    private static long Length(string path) => new[] { path, path + "-wal" }.Select(part => new FileInfo(part)).Where(part => part.Exists).Sum(part => part.Length);

    private static string Describe(SqliteException cause, string database) => cause.SqliteErrorCode == raw.SQLITE_FULL
        ? $"There is no room to compact the database {database}: it takes as much again beside it, and in the folder for temporary files, which TMPDIR names. It is as it was."
        : SqliteFault.AtStart(cause, database);
}
