using Dapper;
using Microsoft.Data.Sqlite;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// Checks, for an operator who asks, that a database is whole. A start does not: that would take longer the larger the file is, and SQLite repairs by
/// itself what a crash leaves. Damage that a disk does is found in what is read.
/// </summary>
internal static class DatabaseCheck
{
    /// <summary>Reads the whole database. The server may run meanwhile.</summary>
    /// <returns>The length of the database in bytes.</returns>
    /// <exception cref="DatabaseToolException">It is not a whole database of RoomWs, or not one that this program can use.</exception>
    public static long Run(string database)
    {
        ToolPath.ExpectFile(database, "database", "; name it with --database");
        try
        {
            ExpectRoomWs(database);
            using var connection = SqliteFile.OpenForCopying(database);
            if (SchemaCheck.Fault(connection, $"database {database}", "give another file with --database") is { } fault) throw new DatabaseToolException(fault);
            if ((Finding(connection) ?? StoredCounts.Wrong(connection)) is { } finding) throw new DatabaseToolException(SqliteFault.Damaged(database, finding));
            return connection.ExecuteScalar<long>("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
        }
        catch (SqliteException cause)
        {
            throw new DatabaseToolException(SqliteFault.AtStart(cause, database), cause);
        }
    }

    /// <summary>What is damaged; null if nothing is.</summary>
    public static string? Finding(SqliteConnection connection)
    {
        // Not quick_check: that does not find an index that lacks rows of its table. Only the first finding, for it is to be one line.
        var finding = connection.QueryFirst<string>("PRAGMA integrity_check(1)");
        return finding == "ok" ? null : finding.ReplaceLineEndings(" ");
    }

    /// <summary>Refuses what is not ours, which a wrong path would name. Before it is opened, because that alone can change a file and what is beside it.</summary>
    /// <exception cref="DatabaseToolException">It is a database of another program.</exception>
    public static void ExpectRoomWs(string path)
    {
        if (SchemaCheck.OwnerOf(path) != DatabaseOwner.RoomWs) throw new DatabaseToolException($"{path} is no database of RoomWs; name one that is.");
    }
}
