using System.Collections;
using System.CommandLine;
using System.Globalization;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary><c>compact</c>: gives back what was deleted from a database that no server uses.</summary>
internal static class CompactCommand
{
    public static Command Create(IDictionary variables)
    {
        var flags = new SettingFlags([SettingTable.Get(nameof(RoomWsOptions.Database))]);
        var command = new Command(
            "compact",
            """
            Write the database of a stopped server anew, without what was deleted from it, and say how many bytes that gave back. One of an older version
            gives back by itself after that, and what was deleted from it before is in the file no longer. It takes as much space again meanwhile, beside the
            database and in the folder for temporary files.

            Example: ./run.sh compact --database data/roomws.db
            """);
        flags.AddTo(command);
        command.SetAction(parsed => DatabaseTool.Run(parsed, flags, variables, "autovacuum frees what was deleted there, and VACUUM FULL gives it back to the disk", ExitCode.CouldNotCompact, database =>
        {
            var (before, after) = DatabaseCompaction.Run(database);
            return string.Create(CultureInfo.InvariantCulture, $"Compacted {database} from {before} to {after} bytes, {Math.Max(0, before - after)} given back");
        }));
        return command;
    }
}
