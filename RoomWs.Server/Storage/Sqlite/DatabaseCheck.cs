using Dapper;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// Checks that a database is not damaged. SQLite finds damage only in what it reads. A server that started on a damaged file would fail
/// requests of some rooms later, and would write to the file until then.
/// </summary>
internal static class DatabaseCheck
{
    /// <summary>Reads the whole database, so it takes longer for a larger one.</summary>
    /// <exception cref="StartupException">The database is damaged.</exception>
    public static void Run(PreparedConnection connection, string path)
    {
        // Not integrity_check, which also compares each index with its table: it takes several times as long, and a damaged file does not
        // have its pages in order, which quick_check finds.
        var finding = connection.QueryFirst<string>("PRAGMA quick_check(1)");
        if (finding != "ok") throw new StartupException(SqliteFault.Damaged(path, finding));
    }
}
