using System.Collections;
using System.CommandLine;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>Runs a command about the database file: it says in one line what it did, or why it could not.</summary>
internal static class DatabaseTool
{
    /// <summary>Runs it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="flags">The flag of Database.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="onPostgres">What to use where the database is on PostgreSQL, as the end of a sentence.</param>
    /// <param name="failure">The exit code if it could not be done.</param>
    /// <param name="run">Does it with the path of the database, and returns the line that says so.</param>
    public static int Run(ParseResult parsed, SettingFlags flags, IDictionary variables, string onPostgres, int failure, Func<string, string> run)
    {
        var console = parsed.InvocationConfiguration;
        var settings = flags.Load(parsed, variables);
        // Only the problems of Database count: a file needs no key, which serve does.
        if (settings.ProblemsOf(nameof(RoomWsOptions.Database)) is { Count: > 0 } problems)
        {
            foreach (var problem in problems) console.Error.WriteLine(problem);
            return ExitCode.WrongUsage;
        }

        // Whoever names a file means it, whatever the server has.
        if (settings.Options.Postgres is { } postgres && !settings.Sources.ContainsKey(nameof(RoomWsOptions.Database)))
        {
            var place = PostgresAddress.Fault(postgres) is null ? $" ({PostgresAddress.Place(postgres)})" : "";
            console.Error.WriteLine($"The server has its database on PostgreSQL{place}: {onPostgres}. For a file, give it with --database.");
            return ExitCode.WrongUsage;
        }

        FileSizeSignal.Ignore();
        try
        {
            console.Output.WriteLine(run(settings.Options.Database));
            return ExitCode.Done;
        }
        catch (DatabaseToolException refused)
        {
            console.Error.WriteLine(refused.Message);
            return failure;
        }
    }
}
