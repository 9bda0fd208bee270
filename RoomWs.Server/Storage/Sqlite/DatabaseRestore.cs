using Dapper;
using Microsoft.Data.Sqlite;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Makes a database from a backup, where there is none.</summary>
internal static class DatabaseRestore
{
    /// <summary>Checks the backup and writes the database, whole or not at all.</summary>
    /// <returns>The length of the database in bytes.</returns>
    /// <exception cref="DatabaseToolException">It could not be restored. Nothing was overwritten.</exception>
    public static long Write(string file, string database)
    {
        ToolPath.ExpectFile(file, "backup", "");

        // SQLite would put what is in a log of another database into this one, by the index of that log if it is there.
        foreach (var path in new[] { database, database + "-wal", database + "-shm", database + "-journal" })
        {
            if (Path.Exists(path)) throw new DatabaseToolException($"{path} is there already, and is left as it is. Move it away, with the others of its name, or restore to another --database.");
        }

        try
        {
            // A server whose file was moved away under it still writes to that, and must not run beside one on the restored file.
            using var held = DatabaseLock.Take(new SqliteFile(database).Path);
            try
            {
                return DatabaseBackup.Copy(file, database, ExpectWhole, RenewEpochs);
            }
            catch
            {
                held.Withdraw();
                throw;
            }
        }
        catch (StartupException cause)
        {
            throw new DatabaseToolException(cause.Message, cause);
        }
    }

    private static void ExpectWhole(SqliteConnection connection, string file)
    {
        if (SchemaCheck.Fault(connection, $"backup {file}", "restore another") is { } fault) throw new DatabaseToolException(fault);
        if (DatabaseCheck.Finding(connection) is { } finding) throw new DatabaseToolException($"The backup {file} is damaged ({finding}); restore another.");
    }

    /// <summary>Clients may have seen more than the backup holds. The numbers of those messages and updates will be given to others, so what clients remember must not count.</summary>
    private static void RenewEpochs(SqliteConnection connection)
    {
        // A backup of an older version has none; the server gives them when it brings the schema up to date.
        if (connection.ExecuteScalar<long>("SELECT COUNT(*) FROM pragma_table_info('boards') WHERE name = 'epoch'") == 0) return;
        connection.Execute("BEGIN; UPDATE rooms SET epoch = hex(randomblob(8)); UPDATE boards SET epoch = hex(randomblob(8)); COMMIT");
    }
}
