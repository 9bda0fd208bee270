using System.Collections;
using System.CommandLine;
using System.CommandLine.Help;
using RoomWs.Server.Hosting.Settings;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>
/// The commands of the program: <c>serve</c>, <c>token</c>, <c>check-config</c>, <c>health</c>, <c>backup</c>,
/// <c>restore</c>, <c>compact</c>, <c>check-database</c> and <c>move</c>. Without a command it runs <c>serve</c>.
/// </summary>
internal sealed class RoomWsCommandLine(IDictionary variables, TimeProvider time)
{
    /// <summary>What the operator types, in every help and message: there is no program of the name roomws.</summary>
    private const string Name = "./run.sh";

    // Not a RootCommand: that takes the name of the assembly, which nobody types.
    private readonly Command _root = new(
        Name,
        """
        RoomWs: rooms for an application, over nothing but WebSocket.

        Without a command, serve is meant: ./run.sh --dev is ./run.sh serve --dev.
        """)
    {
        new HelpOption(),
        new VersionOption(),
        ServeCommand.Create(variables, time),
        TokenCommand.Create(variables, time),
        CheckConfigCommand.Create(variables),
        HealthCommand.Create(variables),
        BackupCommand.Create(variables),
        RestoreCommand.Create(variables),
        CompactCommand.Create(variables),
        CheckDatabaseCommand.Create(variables),
        MoveCommand.Create(variables, time),
    };

    /// <summary>Runs the command in <paramref name="args"/> and returns the exit code of the process.</summary>
    public async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var parsed = _root.Parse(Arguments.WithCommand(args));
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in Problems(parsed)) await error.WriteLineAsync(problem);
            await error.WriteLineAsync($"{Usage(parsed)} --help shows what there is.");
            return ExitCode.WrongUsage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = error,

            // serve handles signals itself: its drain may take longer than the library's default of two seconds.
            ProcessTerminationTimeout = null,
        });
    }

    // Replaces the parser's own messages: they repeat every unknown argument, which may be a secret whose flag is misspelt.
    private static IEnumerable<string> Problems(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.Count == 0) return parsed.Errors.Select(error => error.Message);

        var command = parsed.CommandResult.Command;
        var flags = parsed.UnmatchedTokens.Where(token => token.StartsWith('-')).Select(token => token.Split('=')[0]).ToList();
        if (flags.Count > 0) return flags.Select(flag => Unknown("flag", flag, command.Options.Select(option => option.Name)));

        return command.Name == Name
            ? [Unknown("command", parsed.UnmatchedTokens[0], command.Subcommands.Select(known => known.Name))]
            : ["There is an argument that belongs to no flag; put quotes around a value that holds spaces"];
    }

    private static string Unknown(string kind, string name, IEnumerable<string> known) =>
        $"Unknown {kind} {name}" + (NearestName.Find(name, known) is { } nearest ? $"; did you mean {nearest}?" : "");

    private static string Usage(ParseResult parsed) =>
        parsed.CommandResult.Command.Name is var name && name == Name ? Name : $"{Name} {name}";
}
