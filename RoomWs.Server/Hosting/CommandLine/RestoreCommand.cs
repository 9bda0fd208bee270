using System.Collections;
using System.CommandLine;
using System.Globalization;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary><c>restore</c>: makes a database from a backup.</summary>
internal sealed class RestoreCommand
{
    private readonly Argument<string> _file = new("file") { Description = "The backup." };

    private readonly SettingFlags _flags = new([SettingTable.Get(nameof(RoomWsOptions.Database))]);

    private RestoreCommand()
    {
    }

    public static Command Create(IDictionary variables)
    {
        var restore = new RestoreCommand();
        var command = new Command(
            "restore",
            """
            Make a database from a backup, where there is none. The backup is checked first: it has to be a whole database of RoomWs. No file is
            overwritten: move the old database away, with the -wal and -shm beside it, or restore to another --database.

            Example: ./run.sh restore backups/monday.db --database data/roomws.db
            """)
        {
            restore._file,
        };
        restore._flags.AddTo(command);
        command.SetAction(parsed => restore.Run(parsed, variables));
        return command;
    }

    private int Run(ParseResult parsed, IDictionary variables) => DatabaseTool.Run(parsed, _flags, variables, "restore it with pg_restore, or from its archive by point-in-time recovery", ExitCode.CouldNotRestore, database =>
    {
        var file = parsed.GetValue(_file)!;
        var bytes = DatabaseRestore.Write(file, database);
        return string.Create(CultureInfo.InvariantCulture, $"Restored {file} to {database}, {bytes} bytes");
    });
}
