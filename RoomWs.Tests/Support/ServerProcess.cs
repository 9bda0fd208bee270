using System.Diagnostics;

namespace RoomWs.Tests.Support;

/// <summary>The server as an operator runs it: a process of its own, from the build output beside the tests.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const string Listening = "Listening on ";

    /// <summary>Only keeps a test that waits for what never comes from waiting for ever.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _error;

    private ServerProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The number that the system has for it.</summary>
    public int Id => _process.Id;

    /// <summary>Starts <c>serve</c> with these flags and none of the settings of the environment.</summary>
    public static ServerProcess Start(params IEnumerable<string> flags) => Run([], ["serve", .. flags]);

    /// <summary>Starts any command, by way of a program that limits what it may do.</summary>
    public static ServerProcess Run(IEnumerable<string> limiter, IEnumerable<string> command)
    {
        string[] line = [.. Signals.Heeding, .. limiter, "dotnet", Path.Combine(AppContext.BaseDirectory, "RoomWs.Server.dll"), .. command];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList()) start.Environment.Remove(name);
        return new ServerProcess(Process.Start(start)!);
    }

    /// <summary>Starts it in development mode on a free port, and waits until it listens.</summary>
    public static Task<(ServerProcess Server, string Url)> StartListeningAsync(string database, params string[] flags) =>
        StartListeningAsync(database, new Dictionary<string, string>(), flags);

    /// <summary>The same, with these variables beside the environment's others.</summary>
    public static async Task<(ServerProcess Server, string Url)> StartListeningAsync(string database, IReadOnlyDictionary<string, string> variables, params string[] flags)
    {
        var server = Run(["env", .. variables.Select(variable => $"{variable.Key}={variable.Value}")], ["serve", "--dev", "--port", "0", "--database", database, .. flags]);
        try
        {
            return (server, await server.UrlAsync());
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>The URL of the line that says that it listens, which has to be the first on standard output.</summary>
    public async Task<string> UrlAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        if (line is null || !line.StartsWith(Listening, StringComparison.Ordinal))
            throw new InvalidOperationException($"The server said \"{line}\" instead of {Listening}: {await _error}");
        return line[Listening.Length..];
    }

    /// <summary>Asks it to end, as a supervisor does.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Sends it a signal. The runtime has no call for this; every shell has.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("sh", ["-c", FormattableString.Invariant($"kill -{name} {_process.Id}")]);
        kill.WaitForExit();
    }

    /// <summary>Ends it on the spot: it can do nothing about it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public void CloseStandardInput() => _process.StandardInput.Close();

    public async Task<(int ExitCode, string Error)> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, await _error);
    }

    /// <summary>Waits for the end of a command that prints something and is done.</summary>
    public async Task<(int ExitCode, string Output, string Error)> EndWithOutputAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        var (exitCode, error) = await EndAsync();
        return (exitCode, output, error);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool IsSetting(string variable) =>
        variable.StartsWith("ROOMWS_", StringComparison.OrdinalIgnoreCase) || variable.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase);
}
