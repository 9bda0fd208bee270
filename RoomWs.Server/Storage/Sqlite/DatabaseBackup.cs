using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// Copies a database, from a process other than the server's. <c>VACUUM INTO</c> reads one snapshot, like any reader of the write-ahead log,
/// so the server does not wait for it and does not disturb it. SQLite's backup API starts again each time another process commits, and would
/// never finish on a busy server.
/// </summary>
internal static class DatabaseBackup
{
    /// <summary>Writes a copy of the server's database, which the server may be using.</summary>
    /// <returns>The length of the copy in bytes.</returns>
    /// <exception cref="DatabaseToolException">The copy could not be written. What was written of it is deleted.</exception>
    public static long Write(string database, string file)
    {
        ToolPath.ExpectFile(database, "database", "; name it with --database");
        return Copy(database, file);
    }

    /// <summary>Copies a database under a temporary name and then renames it, so that a file with the requested name is always a whole copy.</summary>
    /// <param name="database">The database to copy. Another program's is refused, and not touched.</param>
    /// <param name="file">Where to; nothing may be there. Its directory is made.</param>
    /// <param name="expect">Throws if the database of ours is not one to copy. Null to copy any.</param>
    /// <param name="finish">Changes the copy before it gets its name. Null to leave it as it is.</param>
    /// <returns>The length of the copy in bytes.</returns>
    /// <exception cref="DatabaseToolException">The copy could not be written. What was written of it is deleted.</exception>
    public static long Copy(string database, string file, Action<SqliteConnection, string>? expect = null, Action<SqliteConnection>? finish = null)
    {
        ToolPath.ExpectName(file, "copy");
        if (Path.Exists(file)) throw new DatabaseToolException($"{file} is there already, and is left as it is; give a name that is free.");

        ExpectRoomWs(database, file);
        var partial = Path.GetFullPath(file) + ".partial";
        CreateEmpty(partial);
        try
        {
            using (var connection = SqliteFile.OpenForCopying(database))
            {
                expect?.Invoke(connection, database);
                connection.Execute("VACUUM INTO @partial", new { partial });
            }

            if (finish is not null)
            {
                using var copy = SqliteFile.OpenForCopying(partial);
                finish(copy);
            }

            var bytes = Flush(partial);
            File.Move(partial, file);
            return bytes;
        }
        catch (SqliteException cause)
        {
            throw new DatabaseToolException(Describe(cause, database, file), cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseToolException($"The copy {file} cannot be written: {cause.Message}", cause);
        }
        finally
        {
            // Does nothing after a success, because the file is renamed by then.
            File.Delete(partial);
        }
    }

    private static void ExpectRoomWs(string database, string file)
    {
        try
        {
            DatabaseCheck.ExpectRoomWs(database);
        }
        catch (SqliteException cause)
        {
            throw new DatabaseToolException(Describe(cause, database, file), cause);
        }
    }

    private static void CreateEmpty(string partial)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(partial)!);
            PrivateFile.Create(partial);
        }
        catch (IOException cause) when (File.Exists(partial))
        {
            throw new DatabaseToolException($"{partial} is there already: another copy is being written, or one was cut short. Delete it where none is.", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseToolException($"The copy cannot be written: {cause.Message}", cause);
        }
    }

    private static long Flush(string path)
    {
        using var written = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        written.Flush(flushToDisk: true);
        return written.Length;
    }

    private static string Describe(SqliteException cause, string database, string file) => cause.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => $"There is no room for the copy {file}: the disk is full. Free space, or write it elsewhere.",
        raw.SQLITE_IOERR => $"The copy {file} cannot be written ({cause.Message}): see to its disk, and to limits on the size of files.",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => $"The database {database} is damaged ({cause.Message}), and cannot be copied.",
        raw.SQLITE_CANTOPEN => $"The database {database} cannot be read. Let this user read it, and write to its directory.",
        _ => $"The database {database} cannot be copied: {cause.Message.TrimEnd('.')}.",
    };
}
