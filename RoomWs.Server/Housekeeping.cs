using Microsoft.Extensions.Logging;
using RoomWs.Server.Broadcasting;
using RoomWs.Server.Storage;
using RoomWs.Server.Transport;

namespace RoomWs.Server;

/// <summary>What has to be looked after while nobody asks: overdue connections, unused rooms, old records.</summary>
internal sealed partial class Housekeeping : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>Ticks between two looks at the rooms in use, and at the records in the database.</summary>
    private const int RoomTicks = 15;
    private const int RecordTicks = 600;

    private readonly ConnectionWatch _watch;
    private readonly RoomDirectory _rooms;
    private readonly WriteQueue _writes;
    private readonly ILogger<Housekeeping> _logger;
    private readonly IdleMemory _memory = new();
    private readonly PeriodicTimer _timer;

    public Housekeeping(ConnectionWatch watch, RoomDirectory rooms, WriteQueue writes, TimeProvider time, ILogger<Housekeeping> logger)
    {
        (_watch, _rooms, _writes, _logger) = (watch, rooms, writes, logger);
        _timer = new PeriodicTimer(Tick, time);
        _ = RunAsync();
    }

    public void Dispose() => _timer.Dispose();

    private async Task RunAsync()
    {
        for (var tick = 1; await _timer.WaitForNextTickAsync(); tick++)
        {
            try
            {
                _watch.Look();
                _memory.Tick();
                if (tick % RoomTicks == 0) _rooms.DropUnused();
                if (tick % RecordTicks == 0) await _writes.RunAsync(static write => write.Idempotency.DeleteOld(write.Now));
            }
            catch (Exception cause)
            {
                LogFailed(cause);
            }
        }
    }

    [LoggerMessage(4001, LogLevel.Error, "Housekeeping failed and goes on with the next round")]
    private partial void LogFailed(Exception cause);
}
