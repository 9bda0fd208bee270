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
            Copy the database to a file, while the server runs or not. The copy holds all that was committed when the command began. To restore
            it, stop the server, put the copy in the place of the database (with its -wal and -shm files gone), and start it again.

            Example: ./run.sh backup backups/monday.db --database data/roomws.db
            """)
        {
            backup._file,
        };
        backup._flags.AddTo(command);
        command.SetAction(parsed => backup.Run(parsed, variables));
        return command;
    }

    private int Run(ParseResult parsed, IDictionary variables)
    {
        var console = parsed.InvocationConfiguration;
        var settings = _flags.Load(parsed, variables);
        // Only the problems of Database count: a copy needs no key, which serve does.
        if (settings.ProblemsOf(nameof(RoomWsOptions.Database)) is { Count: > 0 } problems)
        {
            foreach (var problem in problems) console.Error.WriteLine(problem);
            return ExitCode.WrongUsage;
        }

        FileSizeSignal.Ignore();
        var (database, file) = (settings.Options.Database, parsed.GetValue(_file)!);
        try
        {
            var bytes = DatabaseBackup.Write(database, file);
            console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Copied {database} to {file}, {bytes} bytes"));
            return ExitCode.Done;
        }
        catch (BackupException refused)
        {
            console.Error.WriteLine(refused.Message);
            return ExitCode.CouldNotBackUp;
        }
    }
}
