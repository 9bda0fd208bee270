using System.Collections;
using System.CommandLine;
using System.Globalization;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary><c>backup</c>: copies the database, whether or not a server is using it.</summary>
internal sealed class BackupCommand
{
    private readonly Argument<string> _file = new("file") { Description = "Where to write the copy; nothing may be there yet." };

    private readonly SettingFlags _flags = new([SettingTable.Get(nameof(RoomWsOptions.Database))]);

    private BackupCommand()
    {
    }

    public static Command Create(IDictionary variables)
    {
        var backup = new BackupCommand();
        var command = new Command(
            "backup",
            """
            Copy the database to a file, while the server runs or not. The copy holds all that was committed when the command began. Its
            directory is made where there is none. restore makes a database from it again.

            Example: ./run.sh backup backups/monday.db --database data/roomws.db
            """)
        {
            backup._file,
        };
        backup._flags.AddTo(command);
        command.SetAction(parsed => backup.Run(parsed, variables));
        return command;
    }

    private int Run(ParseResult parsed, IDictionary variables) => DatabaseTool.Run(parsed, _flags, variables, "copy it with pg_dump, or archive its log for point-in-time recovery", ExitCode.CouldNotBackUp, database =>
    {
        var file = parsed.GetValue(_file)!;
        var bytes = DatabaseBackup.Write(database, file);
        return string.Create(CultureInfo.InvariantCulture, $"Copied {database} to {file}, {bytes} bytes");
    });
}
