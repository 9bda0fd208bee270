using System.Collections;
using System.CommandLine;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Settings;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary><c>move</c>: copies the database of a stopped server into an empty PostgreSQL.</summary>
internal static class MoveCommand
{
    private const string Node = "(move)";

    public static Command Create(IDictionary variables, TimeProvider time)
    {
        var flags = new SettingFlags([SettingTable.Get(nameof(RoomWsOptions.Database)), SettingTable.Get(nameof(RoomWsOptions.Postgres))]);
        var command = new Command(
            "move",
            """
            Copy the database of a stopped server into an empty PostgreSQL database, all of it or nothing. The file is left as it is. After that, start the
            server with --postgres, and without --database.

            Example: ./run.sh move --database data/roomws.db --postgres "Host=db;Database=roomws;Username=roomws;Password=..."
            """);
        flags.AddTo(command);
        command.SetAction(parsed => Run(flags.Load(parsed, variables), time, parsed.InvocationConfiguration));
        return command;
    }

    private static int Run(LoadedSettings settings, TimeProvider time, InvocationConfiguration console)
    {
        var problems = Problems(settings).ToList();
        foreach (var problem in problems) console.Error.WriteLine(problem);
        if (problems.Count > 0) return ExitCode.WrongUsage;

        var (database, postgres) = (settings.Options.Database, settings.Options.Postgres!);
        FileSizeSignal.Ignore();
        try
        {
            var begun = time.GetTimestamp();
            var moved = Move(database, postgres, time, console.Error.WriteLine);
            var nuls = moved.Nuls == 0 ? "" : FormattableString.Invariant($"; in {moved.Nuls} texts there is U+FFFD now where there was U+0000, which PostgreSQL does not hold");
            console.Output.WriteLine(FormattableString.Invariant($"Moved {database} to the {PostgresAddress.Target(postgres)}: {moved.Rows} rows of {moved.Tables} tables in {time.GetElapsedTime(begun).TotalSeconds:0.0} s{nuls}"));
            return ExitCode.Done;
        }
        catch (Exception cause) when (Describe(cause, database, postgres) is { } reason)
        {
            console.Error.WriteLine(reason);
            return ExitCode.CouldNotMove;
        }
    }

    /// <summary>Only these two settings count, and here both of them are to be set.</summary>
    private static IEnumerable<string> Problems(LoadedSettings settings)
    {
        foreach (var problem in settings.ProblemsOf(nameof(RoomWsOptions.Database))) yield return problem;
        if (settings.Options.Postgres is not { } postgres) yield return "There is no Postgres to move to: give the connection string of an empty database, with --postgres or ROOMWS_Postgres";
        else if (PostgresAddress.Fault(postgres) is { } fault) yield return $"Postgres {fault}";
    }

    private static MovedRows Move(string database, string postgres, TimeProvider time, Action<string> tell)
    {
        using var stopped = StoppedDatabase.Open(database, time);
        using var connections = new PostgresConnections(postgres, Node);
        var move = new PostgresMove(connections, time, tell);
        move.Prepare();
        return move.Run(stopped.Rows());
    }

    private static string? Describe(Exception cause, string database, string postgres) => cause switch
    {
        StartupException or DatabaseToolException or IOException or UnauthorizedAccessException => cause.Message,
        _ => SqliteFault.AtStart(cause, database) ?? PostgresFault.AtStart(cause, PostgresAddress.Target(postgres)),
    };
}
