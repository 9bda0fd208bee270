using Microsoft.Extensions.Logging;
using RoomWs.Protocol;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Whether this node still hears what other nodes commit. One that is cut off from the database would show its clients a room that others have changed long ago: it lets
/// them go, who find another node, and takes none until it hears again. May be used from any thread.
/// </summary>
internal sealed partial class FeedWatch : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private const string Reason = "this node cannot reach the database";

    private readonly ConnectionRegistry _connections;
    private readonly int _patience;
    private readonly ITimer _timer;
    private readonly ILogger<FeedWatch> _logger;

    /// <summary>Ticks without news. Counted, and not read from the clock: a process that was stopped for a while has not listened in that time.</summary>
    private int _silent;
    private int _isCutOff;

    /// <summary>Begins to watch.</summary>
    /// <param name="connections">The clients of this node.</param>
    /// <param name="seconds">How long it may be without news; 0 for ever.</param>
    /// <param name="alarms">Makes the timer.</param>
    /// <param name="logger">Logs when it is cut off, and when that is over.</param>
    public FeedWatch(ConnectionRegistry connections, int seconds, Alarms alarms, ILogger<FeedWatch> logger)
    {
        (_connections, _patience, _logger) = (connections, seconds, logger);
        _timer = alarms.Make(_ => Look());
        if (seconds > 0) _timer.Change(Tick, Tick);
    }

    /// <summary>Whether it may not have clients now.</summary>
    public bool IsCutOff => Volatile.Read(ref _isCutOff) != 0;

    /// <summary>The database has said where the feed ends.</summary>
    public void Heard()
    {
        Volatile.Write(ref _silent, 0);
        if (IsCutOff && Interlocked.Exchange(ref _isCutOff, 0) != 0) LogBack();
    }

    /// <summary>Lets a client go that has come meanwhile.</summary>
    public void TurnAway(ClientConnection connection)
    {
        // It is in the registry: whoever cuts the node off has seen it there, or this sees that.
        Interlocked.MemoryBarrier();
        if (IsCutOff) connection.Close(CloseCode.ServiceRestart, Reason);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (Interlocked.Increment(ref _silent) <= _patience || Interlocked.Exchange(ref _isCutOff, 1) != 0) return;
        LogCutOff(_patience, _connections.Count);
        foreach (var connection in _connections.All) connection.Close(CloseCode.ServiceRestart, Reason);
    }

    [LoggerMessage(5005, LogLevel.Error, "This node has heard nothing of the database for {Seconds} s (FeedStaleSeconds): its {Connections} clients are closed with 1012, and it takes none until it hears again")]
    private partial void LogCutOff(int seconds, int connections);

    [LoggerMessage(5006, LogLevel.Information, "This node hears of the database again, and takes clients")]
    private partial void LogBack();
}
