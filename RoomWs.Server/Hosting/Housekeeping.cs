using Microsoft.Extensions.Logging;
using RoomWs.Server.Fanout;
using RoomWs.Server.Features.Members;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

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
    private readonly IDatabase _database;
    private readonly OldRecords _oldRecords;
    private readonly Remains _remains;
    private readonly int _auditDays;
    private readonly TimeProvider _time;
    private readonly ILogger<Housekeeping> _logger;
    private readonly IdleMemory _memory = new();
    private readonly PeriodicTimer _timer;
    private Task _deletion = Task.CompletedTask;
    private long _roomsLookedAt;
    private long _recordsLookedAt;
    private bool _isMoreOld;
    private bool _isMoreAudit;
    private volatile bool _isEnded;

    public Housekeeping(ConnectionWatch watch, ConnectionLog log, RoomDirectory rooms, MemberLists memberLists, IDatabase database, WriteQueue writes, OldRecords oldRecords, Remains remains, int auditDays, TimeProvider time, ILogger<Housekeeping> logger)
    {
        (_watch, _log, _rooms, _memberLists, _database, _writes, _oldRecords, _remains) = (watch, log, rooms, memberLists, database, writes, oldRecords, remains);
        (_auditDays, _time, _logger) = (auditDays, time, logger);
        _timer = new PeriodicTimer(Tick, time);
        _roomsLookedAt = _recordsLookedAt = time.GetTimestamp();
        _isMoreAudit = auditDays > 0;
        _ = RunAsync();
    }

    public void Dispose()
    {
        _isEnded = true;
        _timer.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            try
            {
                // One that fails in every round would keep those behind it from theirs for good.
                Each.Do<Action>([_watch.Look, _log.Look, _memory.Tick, DropUnused, DeleteOld], work => work());
            }
            catch (Exception cause)
            {
                LogFailed(cause);
            }
        }
    }

    private void DropUnused()
    {
        if (!IsDue(ref _roomsLookedAt, RoomInterval)) return;
        _rooms.DropUnused();
        _memberLists.DropUnused();
    }

    private void DeleteOld()
    {
        if (!_deletion.IsCompleted) return;
        if (IsDue(ref _recordsLookedAt, RecordInterval)) (_isMoreOld, _isMoreAudit) = (true, _auditDays > 0);
        _deletion = DeleteAsync();
    }

    /// <summary>Deletes some of what is old. Only one of these runs at a time.</summary>
    private async Task DeleteAsync()
    {
        try
        {
            // Not on this thread, which other work waits for, where it takes a way to the database.
            if (_database.Feed is not null && !await Task.Run(_database.IsHousekeeper)) return;
            await _remains.SweepAsync();
            if (_isMoreOld && !(_isMoreOld = await _oldRecords.DeleteSomeAsync())) await _remains.GiveBackAsync();
            if (_isMoreAudit) _isMoreAudit = await DeleteOldAuditAsync();
        }
        catch (Exception) when (_isEnded)
        {
            // The server was disposed in the middle of a round: the writer accepts no more jobs, and the database may be gone.
        }
        catch (StorageException)
        {
            // The outage is logged already, and there is another round.
        }
        catch (Exception cause)
        {
            LogFailed(cause);
        }
    }

    /// <summary>Measured by the clock, and not in ticks: the timer drops ticks that come while a round runs.</summary>
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
        await _writes.RunAsync(write => deleted = write.Sweep(sweeps => sweeps.DeleteAudit(write.Now - (long)TimeSpan.FromDays(_auditDays).TotalMilliseconds, AuditRowsPerTick)));
        return deleted == AuditRowsPerTick;
    }

    [LoggerMessage(4001, LogLevel.Error, "Housekeeping failed and goes on with the next round")]
    private partial void LogFailed(Exception cause);
}
