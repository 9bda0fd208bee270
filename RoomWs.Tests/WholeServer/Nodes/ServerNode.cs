using FluentAssertions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>One node of several, a process of its own that can be killed, hung and started again, with a way of its own to the database.</summary>
internal sealed class ServerNode(string name, string database, IReadOnlyList<string> flags) : IDisposable
{
    /// <summary>The events of an outage, which is what these tests are about.</summary>
    private static readonly string[] OfOutages = ["\"Id\":1005", "\"Id\":1010", "\"Id\":5005"];

    private volatile string? _url;
    private ServerProcess? _process;

    public string Name => name;

    /// <summary>Its way to the database.</summary>
    public PostgresProxy Proxy { get; } = new(database);

    /// <summary>Where clients connect. Null while it is down.</summary>
    public string? Url => _url;

    /// <summary>What it has logged as its own faults, in all the processes that have ended.</summary>
    public List<string> Faults { get; } = [];

    private ServerProcess Process => _process ?? throw new InvalidOperationException($"{name} is down.");

    public async Task StartAsync()
    {
        _process = ServerProcess.Start(["--dev", "--port", "0", "--postgres", Proxy.Connection, "--node-name", name, .. flags]);
        _url = await _process.UrlAsync();
    }

    /// <summary>Ends it on the spot.</summary>
    public async Task KillAsync()
    {
        _url = null;
        await Process.KillAsync();
        await EndedAsync();
    }

    /// <summary>Ends it in good order, if it is not down.</summary>
    public async Task EndAsync()
    {
        if (_url is null) return;
        _url = null;
        Process.Terminate();
        (await EndedAsync()).Should().Be(0);
    }

    /// <summary>Lets none of its threads run, until <see cref="WakeUp"/>.</summary>
    public void Hang() => Process.Signal("STOP");

    public void WakeUp() => Process.Signal("CONT");

    private async Task<int> EndedAsync()
    {
        var (exitCode, log) = await Process.EndAsync();
        Faults.AddRange(log.Split('\n').Where(line => line.Contains("\"Level\":\"Error\"", StringComparison.Ordinal) && !OfOutages.Any(id => line.Contains(id, StringComparison.Ordinal))));
        Process.Dispose();
        _process = null;
        return exitCode;
    }

    public void Dispose()
    {
        _process?.Dispose();
        Proxy.Dispose();
    }
}
