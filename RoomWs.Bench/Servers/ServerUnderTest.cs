using System.Diagnostics;
using RoomWs.Bench.Load;

namespace RoomWs.Bench.Servers;

/// <summary>A server in a process of its own. Standard input ties it to this process: all servers end when that closes.</summary>
internal sealed class ServerUnderTest : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly List<string> _errors = [];
    private IDisposable? _scratch;

    private ServerUnderTest(string name, Dialect dialect, Process process)
    {
        (Name, Dialect, _process) = (name, dialect, process);
        Meter = new ProcessMeter(process.Id);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors) _errors.Add(line.Data ?? "");
        };
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    public Dialect Dialect { get; }

    public ProcessMeter Meter { get; }

    /// <summary>The processes of its PostgreSQL; null if it has none, or they are not on this machine.</summary>
    public PostmasterMeter? Database { get; private set; }

    public int Port { get; private set; }

    public int ProcessId => _process.Id;

    /// <summary>The lines on its standard error so far. May be read from any thread.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors) return [.. _errors];
        }
    }

    /// <summary>Starts a program that prints <c>Listening on</c> and its address, and waits for that line.</summary>
    /// <param name="name">The server's name in the results.</param>
    /// <param name="dialect">The messages that it understands.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">The environment variables to set.</param>
    /// <param name="scratch">What goes away when the server has ended.</param>
    /// <param name="database">The processes of its PostgreSQL.</param>
    public static ServerUnderTest Start(string name, Dialect dialect, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null, IDisposable? scratch = null, PostmasterMeter? database = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Settings in the environment of the benchmark must not change what it measures.
        foreach (var variable in start.Environment.Keys.Where(IsSetting).ToList()) start.Environment.Remove(variable);
        foreach (var (variable, value) in variables ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[variable] = value;

        var server = new ServerUnderTest(name, dialect, Process.Start(start) ?? throw new LoadException($"{name} did not start.")) { _scratch = scratch, Database = database };
        try
        {
            server.WaitUntilListening();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _scratch?.Dispose();
    }

    private static bool IsSetting(string variable) =>
        variable.StartsWith("ROOMWS_", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("DOTNET_gc", StringComparison.OrdinalIgnoreCase)
        || variable is "NODE_OPTIONS" or "NODE_ENV";

    private void WaitUntilListening()
    {
        var reading = _process.StandardOutput.ReadLineAsync();
        if (!reading.Wait(StartTimeout) || reading.Result is not { } line || !line.StartsWith("Listening on ", StringComparison.Ordinal))
            throw new LoadException($"{Name} did not start: {string.Join(" ", Errors)}");
        Port = new Uri(line["Listening on ".Length..]).Port;
        // Keep reading, so that later output does not fill the pipe and block the server.
        _ = _process.StandardOutput.ReadToEndAsync();
    }
}
