using RoomWs.Server.Hosting.CommandLine;

namespace RoomWs.Tests.Support;

/// <summary>The program, run in this process with an environment of its own.</summary>
internal sealed class CommandLineRun
{
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public ManualTimeProvider Time { get; } = new();

    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exitCode = await new RoomWsCommandLine(Variables, Time).RunAsync(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
