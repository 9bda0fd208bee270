using Dapper;
using Microsoft.Extensions.Logging;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>The pages of the file in which nothing is left.</summary>
internal static partial class FreedPages
{
    /// <summary>Tells the operator of a file that cannot give them back, because it was made before new ones could.</summary>
    public static void TellIfKept(PreparedConnection connection, ILogger log)
    {
        if (connection.ExecuteScalar<long>("PRAGMA auto_vacuum") == 0) LogKept(log, connection.DataSource);
    }

    [LoggerMessage(EventId = 1104, Level = LogLevel.Information, Message = "The database {Database} was made by an older version, and gives no space back; it does after ./run.sh compact, which needs the server stopped")]
    private static partial void LogKept(ILogger log, string database);
}
