using Microsoft.Extensions.Logging;
using RoomWs.Server.Fanout;
using RoomWs.Server.Features.Members;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Hosting;

/// <summary>
/// The periodic work: closes overdue connections, drops unused rooms and lists, deletes old records, returns idle memory. One round runs at a time. The deletion waits
/// for the writer, and no round waits for it: connections whose token has expired are closed while nothing can be stored, too.
/// </summary>
internal sealed partial class Housekeeping : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RoomInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RecordInterval = TimeSpan.FromMinutes(10);

    /// <summary>Maximum number of audit rows to delete per tick, so that clients' changes do not wait long behind the deletion.</summary>
    private const int AuditRowsPerTick = 2_000;

    private readonly ConnectionWatch _watch;
    private readonly ConnectionLog _log;
    private readonly RoomDirectory _rooms;
    private readonly MemberLists _memberLists;
    private readonly WriteQueue _writes;
    private readonly OldRecords _oldRecords;
    private readonly int _auditDays;
    private readonly TimeProvider _time;
    private readonly ILogger<Housekeeping> _logger;
    private readonly IdleMemory _memory = new();
    private readonly PeriodicTimer _timer;
    private Task _deletion = Task.CompletedTask;
    private bool _isMoreOld;
    private bool _isMoreAudit;

    public Housekeeping(ConnectionWatch watch, ConnectionLog log, RoomDirectory rooms, MemberLists memberLists, WriteQueue writes, OldRecords oldRecords, int auditDays, TimeProvider time, ILogger<Housekeeping> logger)
    {
        (_watch, _log, _rooms, _memberLists, _writes, _oldRecords, _auditDays, _time, _logger) = (watch, log, rooms, memberLists, writes, oldRecords, auditDays, time, logger);
        _timer = new PeriodicTimer(Tick, time);
        _ = RunAsync();
    }

    public void Dispose() => _timer.Dispose();

    private async Task RunAsync()
    {
        var rooms = _time.GetTimestamp();
        var records = rooms;
        _isMoreAudit = _auditDays > 0;
        // Measure by the clock, do not count ticks: the timer drops ticks that come while a round runs.
        while (await _timer.WaitForNextTickAsync())
        {
            try
            {
                _watch.Look();
                _log.Look();
                _memory.Tick();
                if (IsDue(ref rooms, RoomInterval))
                {
                    _rooms.DropUnused();
                    _memberLists.DropUnused();
                }

                if (!_deletion.IsCompleted) continue;
                if (IsDue(ref records, RecordInterval)) (_isMoreOld, _isMoreAudit) = (true, _auditDays > 0);
                _deletion = DeleteAsync();
            }
            catch (Exception cause)
            {
                LogFailed(cause);
            }
        }
    }

    /// <summary>Deletes some of what is old. Only one of these runs at a time.</summary>
    private async Task DeleteAsync()
    {
        try
        {
            if (_isMoreOld) _isMoreOld = await _oldRecords.DeleteSomeAsync();
            if (_isMoreAudit) _isMoreAudit = await DeleteOldAuditAsync();
        }
        catch (ObjectDisposedException)
        {
            // The server was disposed in the middle of a round, and the writer accepts no more jobs.
        }
        catch (Exception cause)
        {
            LogFailed(cause);
        }
    }

    private bool IsDue(ref long last, TimeSpan interval)
    {
        if (_time.GetElapsedTime(last) < interval) return false;
        last = _time.GetTimestamp();
        return true;
    }

    /// <summary>Deletes up to <see cref="AuditRowsPerTick"/> rows older than AuditDays. Returns whether there may be more.</summary>
    private async Task<bool> DeleteOldAuditAsync()
    {
        var deleted = 0;
        await _writes.RunAsync(write => deleted = write.Audit.DeleteOld(write.Now - (long)TimeSpan.FromDays(_auditDays).TotalMilliseconds, AuditRowsPerTick));
        return deleted == AuditRowsPerTick;
    }

    [LoggerMessage(4001, LogLevel.Error, "Housekeeping failed and goes on with the next round")]
    private partial void LogFailed(Exception cause);
}
