using System.CommandLine;
using System.Globalization;
using RoomWs.Bench.Load;
using RoomWs.Bench.Reporting;
using RoomWs.Bench.Servers;
using RoomWs.Bench.Work;

namespace RoomWs.Bench;

/// <summary><c>load</c>: measures RoomWs and its peers under the same load, and writes the results.</summary>
internal sealed class LoadCommand
{
    /// <summary>Enough for the sockets of <c>idle</c>, which has the most, and for what a process opens besides.</summary>
    private const ulong OpenFiles = IdleWork.Connections + 1_000;

    private readonly Option<string[]> _work = Names("--work", "Work to do, all by default", LoadWork.All.Select(work => work.Name));

    private readonly Option<string[]> _peers = Names("--peers", "Servers to measure RoomWs beside, all by default; none for RoomWs alone", [.. Peers.KnownNames, "none"]);

    private readonly Option<string[]> _storages = Names("--storage", "Where RoomWs keeps its rooms, in chat, info, meta, idle and storm; sqlite by default", Storages.KnownNames);

    private readonly Option<string?> _postgres = new("--postgres")
    {
        Description = "Npgsql connection string of a PostgreSQL whose user may make databases. Without it one is started for the run, where PostgreSQL is installed: in memory, if there is room.",
        HelpName = "connection",
    };

    private readonly Option<int> _seconds = Positive("--seconds", "Seconds of one measurement of a rate.", 3);

    private readonly Option<int> _rounds = Positive("--rounds", "Rounds of each measurement of a rate, of which the medians are reported.", 3);

    private readonly Option<bool> _long = new("--long") { Description = "Look at the idle connections once more after 60 seconds." };

    private readonly Option<string> _results = new("--results")
    {
        Description = "Folder for the results.",
        HelpName = "folder",
        DefaultValueFactory = _ => Path.Combine(Repository.Bench, "results"),
    };

    public static Command Create(string[] arguments)
    {
        var load = new LoadCommand();
        var command = new Command("load", "Put RoomWs and other servers under the same load, and write down what they did.")
        {
            load._work, load._peers, load._storages, load._postgres, load._seconds, load._rounds, load._long, load._results,
        };
        command.SetAction(parsed => load.Run(parsed, arguments));
        return command;
    }

    private static Option<string[]> Names(string flag, string what, IEnumerable<string> known)
    {
        var names = known.ToList();
        var option = new Option<string[]>(flag)
        {
            Description = $"{what}: {string.Join(", ", names)}. Commas between several.",
            HelpName = "name,...",
            DefaultValueFactory = _ => [],
            CustomParser = argument => [.. argument.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
        };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.SelectMany(token => token.Value.Split(',')))
            {
                if (!names.Contains(token.Trim(), StringComparer.OrdinalIgnoreCase)) result.AddError($"{flag} has no {token}; there are {string.Join(", ", names)}.");
            }
        });
        return option;
    }

    private static Option<int> Positive(string flag, string what, int standard)
    {
        var option = new Option<int>(flag) { Description = what, HelpName = "number", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError($"{flag} must be 1 or more.");
        });
        return option;
    }

    private int Run(ParseResult parsed, string[] arguments)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("The load test runs on Linux only: it waits by epoll, and reads what the servers use from /proc.");
            return 1;
        }

        if (LibC.AllowOpenFiles(OpenFiles) is { } obstacle)
        {
            Console.Error.WriteLine(obstacle);
            return 1;
        }

        try
        {
            var peers = new Peers(parsed.GetValue(_peers)!);
            using var storages = new Storages(parsed.GetValue(_storages)!, parsed.GetValue(_postgres));
            var plan = new LoadPlan(peers, storages, TimeSpan.FromSeconds(parsed.GetValue(_seconds)), parsed.GetValue(_rounds), parsed.GetValue(_long), Console.Error.WriteLine);
            if (peers.Note is { } note) plan.Progress(note);
            RunAll(plan, parsed.GetValue(_work)!, new ResultsFolder(parsed.GetValue(_results)!), string.Join(' ', ["./run.sh bench", .. arguments]));
            return 0;
        }
        catch (LoadException failed)
        {
            Console.Error.WriteLine(failed.Message);
            return 1;
        }
    }

    private static void RunAll(LoadPlan plan, string[] names, ResultsFolder folder, string command)
    {
        var machine = Machine.Describe();
        foreach (var work in LoadWork.All.Where(work => names.Length == 0 || names.Contains(work.Name, StringComparer.OrdinalIgnoreCase)))
        {
            plan.Progress(string.Create(CultureInfo.InvariantCulture, $"{work.Name}: {work.Title}"));
            if (work.Obstacle(plan) is { } obstacle)
            {
                plan.Progress($"  left out, because {obstacle}");
                continue;
            }

            var result = new WorkResult(TimeProvider.System.GetUtcNow(), machine, command, new SortedDictionary<string, string>(plan.Peers.Versions, StringComparer.Ordinal));
            if (plan.Peers.Note is { } note) result.Notes.Add(note);
            work.Run(plan, result);
            if (result.Measurements.Exists(row => row.Server == Peers.RoomWsOnPostgres)) result.Versions["PostgreSQL"] = plan.Storages.Server.Version;
            // After each work, so that its results are kept if a later one fails.
            folder.Save(work, result);
        }

        Console.WriteLine($"Results are in {folder.Report}");
    }
}
