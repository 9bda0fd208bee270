using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Explains SQLite's result codes to an operator: what is wrong, and what to do about it.</summary>
internal static class SqliteFault
{
    /// <summary>Whether the exception comes from SQLite.</summary>
    public static bool Is(Exception exception) => exception is SqliteException;

    /// <summary>Whether the cause is the file, its disk or its locks, and not the statement that failed.</summary>
    public static bool IsOfStorage(Exception exception) => exception is SqliteException fault && fault.SqliteErrorCode is
        raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <summary>Whether another program had the file locked, all the time that one waits for that.</summary>
    public static bool IsOfLock(Exception exception) => exception is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED };

    /// <summary>Why the server cannot start on this database. Null if the exception does not come from SQLite.</summary>
    public static string? AtStart(Exception exception, string path) => exception is SqliteException fault ? AtStart(fault, path) : null;

    public static string AtStart(SqliteException fault, string path) => fault.SqliteErrorCode switch
    {
        raw.SQLITE_NOTADB => $"The file {path} is not a database, or its beginning is damaged. Restore it from a backup, or give another file with --database.",
        raw.SQLITE_CORRUPT => Damaged(path, fault.Message),
        raw.SQLITE_FULL => $"There is no room for the database {path}: the disk is full. Free space, or give another file with --database.",
        raw.SQLITE_READONLY => ReadOnly(path),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"Another program has locked the database {path}. End it, or give another file with --database.",
        raw.SQLITE_CANTOPEN => $"The database {path} cannot be opened. Let this user read and write it and its directory, or give another file with --database.",
        _ => $"The database {path} cannot be used: {fault.Message.TrimEnd('.')}. See to its disk, or give another file with --database.",
    };

    /// <summary>Why an older database could not be brought to the schema of this program.</summary>
    public static string AtUpgrade(SqliteException fault, string path, long from, long to)
    {
        var cause = IsOfStorage(fault) ? AtStart(fault, path) : $"{fault.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Run the program that made it, or give another file with --database.";
        return string.Create(CultureInfo.InvariantCulture, $"The database {path} could not be brought from schema {from} to {to}, and is as it was. {cause}");
    }

    /// <summary>Why changes cannot be stored at the moment, and how the operator can end that.</summary>
    public static string WhileRunning(Exception exception, string path) => (exception as SqliteException)?.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => $"the disk is full: free space at {Path.GetDirectoryName(path)}",
        raw.SQLITE_READONLY => $"{path} or its directory has become read-only: let this user write to them",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"another program has locked {path}: end it",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => $"{path} is damaged ({exception.Message}): stop the server, and restore it from a backup",
        _ => $"{path} cannot be written ({exception.Message}): see to its disk, and to limits on the size of files",
    };

    public static string Damaged(string path, string finding) =>
        $"The database {path} is damaged ({finding.ReplaceLineEndings(" ")}). Restore it from a backup, or give another file with --database.";

    public static string ReadOnly(string path) =>
        $"The database {path} is read-only. Let this user write to it, or give another file with --database.";
}
