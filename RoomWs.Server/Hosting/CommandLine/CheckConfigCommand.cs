using System.Collections;
using System.CommandLine;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Settings;
using RoomWs.Server.Metrics;
using RoomWs.Server.Storage.Postgres;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary><c>check-config</c>: prints the settings that serve would run with, or every problem with them.</summary>
internal static class CheckConfigCommand
{
    public static Command Create(IDictionary variables)
    {
        var flags = new SettingFlags(SettingTable.All);
        var command = new Command(
            "check-config",
            """
            Print the settings in effect and where each comes from; with wrong settings, print every problem and exit with 2.
            With Postgres it connects, and exits with 1 where no server could run on that database.

            Example: ROOMWS_JwtSecret=... ./run.sh check-config --config roomws.json --port 9000
            """);
        flags.AddTo(command);
        command.SetAction(parsed => Run(flags.Load(parsed, variables), variables, parsed.InvocationConfiguration));
        return command;
    }

    private static int Run(LoadedSettings settings, IDictionary variables, InvocationConfiguration console)
    {
        IReadOnlyList<string> problems = [.. settings.Problems, .. OtlpVariables.Problems(variables)];
        if (problems.Count > 0)
        {
            foreach (var problem in problems) console.Error.WriteLine(problem);
            return ExitCode.WrongUsage;
        }

        foreach (var setting in SettingTable.All)
        {
            var source = settings.Sources.GetValueOrDefault(setting.Name, SettingSource.Default);
            console.Output.WriteLine($"{setting.Name} = {setting.Show(settings.Options)} (from {source.ToString().ToLowerInvariant()})");
        }

        return settings.Options.Postgres is { } postgres ? LookAt(postgres, console) : ExitCode.Done;
    }

    /// <summary>A connection string can be right and its database not, which otherwise only a start would tell.</summary>
    private static int LookAt(string postgres, InvocationConfiguration console)
    {
        try
        {
            console.Output.WriteLine(PostgresStart.Look(postgres));
            return ExitCode.Done;
        }
        catch (StartupException refused)
        {
            console.Error.WriteLine(refused.Message);
            return ExitCode.CouldNotStart;
        }
    }
}
