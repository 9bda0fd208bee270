using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Health;
using RoomWs.Server.Storage;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Hosting;

/// <summary>
/// Finds out how many clients the server has places for: what Limits:Connections says, and no more than there are files for beside the database,
/// the log and the runtime. A server that has no file left for these is lost, and all its clients with it.
/// </summary>
internal sealed partial class PlaceBudget(RoomWsOptions options, ILogger<PlaceBudget> logger)
{
    /// <summary>Files that are open only now and then, or not yet: parts of the runtime that load later, the log's checkpoint, certificates, the collector.</summary>
    private const int Others = 24;

    /// <summary>A reader has the database and its log open.</summary>
    private const int FilesOfReader = 2;

    /// <summary>Of so many places one is kept to refuse the surplus in words.</summary>
    private const int ClientsForOneSurplus = 16;

    private const int MaxSurplus = 64;

    private static readonly HandshakeRefusal Full = new(StatusCodes.Status503ServiceUnavailable, "The server has as many connections as it takes (Connections); try again later.");

    private static readonly HandshakeRefusal NoFiles = new(StatusCodes.Status503ServiceUnavailable, "The server has as many connections as its system lets it open (ulimit -n); try again later.");

    private Places? _places;
    private Action _note = () => { };

    /// <summary>The places. Counts what is open when it is first called, which is when the rest of the server runs and before it listens.</summary>
    /// <exception cref="StartupException">There is no file for even one client.</exception>
    public Places Open() => _places ??= Make();

    /// <summary>Logs how many there are. Called once the server listens.</summary>
    public void Note() => _note();

    private Places Make()
    {
        var wanted = options.Limits.Connections == 0 ? int.MaxValue : options.Limits.Connections;
        if (FileLimit.Raise() is not { } files) return new Places(wanted, MaxSurplus, Full);

        var kept = FileLimit.InUse() + Others + (FilesOfReader * ReadConnections.MaxOpen) + (options.OpsPort is null ? 0 : OpsEndpoint.MaxConnections);
        var left = files - kept;
        var surplus = (int)Math.Clamp(left / ClientsForOneSurplus, 1, MaxSurplus);
        var fitting = left - surplus;
        if (fitting < 1)
        {
            throw new StartupException(FileLimit.TooFew(files, kept + surplus + 1));
        }

        var clients = (int)Math.Min(wanted, fitting);
        _note = () =>
        {
            LogPlaces(clients, files, kept + surplus);
            if (wanted > fitting && options.Limits.Connections > 0) LogFewer(options.Limits.Connections, clients, files, kept + surplus + wanted);
        };
        return new Places(clients, surplus, wanted > fitting ? NoFiles : Full);
    }

    [LoggerMessage(7004, LogLevel.Information, "There are places for {Connections} connections: this process may open {Files} files, and {Kept} are for the database, the log, the runtime and refusals")]
    private partial void LogPlaces(int connections, long files, long kept);

    [LoggerMessage(7005, LogLevel.Warning, "Limits:Connections is {Wanted}, and there are places for {Connections}, because this process may open {Files} files: it needs {Needed} (ulimit -n, or LimitNOFILE of systemd)")]
    private partial void LogFewer(int wanted, int connections, long files, long needed);
}
