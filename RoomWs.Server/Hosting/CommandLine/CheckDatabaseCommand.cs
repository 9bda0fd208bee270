using System.Collections;
using System.CommandLine;
using System.Globalization;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary><c>check-database</c>: reads the whole database and says whether it is damaged.</summary>
internal static class CheckDatabaseCommand
{
    public static Command Create(IDictionary variables)
    {
        var flags = new SettingFlags([SettingTable.Get(nameof(RoomWsOptions.Database))]);
        var command = new Command(
            "check-database",
            """
            Read the whole database, or a backup, and say in one line whether it is whole; exit with 1 if it is not. The server may run meanwhile. It takes
            longer the larger the file is, and so no start does this by itself.

            Example: ./run.sh check-database --database data/roomws.db
            """);
        flags.AddTo(command);
        command.SetAction(parsed => DatabaseTool.Run(parsed, flags, variables, "check it with pg_amcheck, and its files with data checksums", ExitCode.NotWhole, database =>
        {
            var bytes = DatabaseCheck.Run(database);
            return string.Create(CultureInfo.InvariantCulture, $"The database {database} is whole, {bytes} bytes");
        }));
        return command;
    }
}
