using Dapper;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// Whether a database is whole. SQLite finds damage only where it happens to read; a server that started on a damaged file would fail
/// some of its rooms' requests later, and write on meanwhile.
/// </summary>
internal static class DatabaseCheck
{
    /// <summary>Reads all of it, so it takes as long as that.</summary>
    /// <exception cref="StartupException">It is damaged.</exception>
    public static void Run(PreparedConnection connection, string path)
    {
        // Without the comparison of each index with its table that integrity_check adds: that costs several times as much, and
        // what tears a file does not leave its pages in order.
        var finding = connection.QueryFirst<string>("PRAGMA quick_check(1)");
        if (finding != "ok") throw new StartupException(SqliteFault.Damaged(path, finding));
    }
}
