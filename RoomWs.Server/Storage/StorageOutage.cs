using Microsoft.Extensions.Logging;
using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>
/// A time in which nothing can be stored, for example because the disk is full, or in which the database is away and nothing can be read either. Whoever meets it
/// first, the writer or a reader, has it logged once when it begins, and it is over when neither of the two meets it any more. May be used from any thread.
/// </summary>
internal sealed partial class StorageOutage(IStorageFaults faults, ILogger logger)
{
    private readonly Lock _gate = new();
    private Exception? _cause;
    private string? _logId;
    private string? _reason;
    private long _refused;
    private bool _isOfAll;
    private bool _isOfChanges;
    private bool _isOfReads;
    private long _losses;
    private long _turns;
    private TaskCompletionSource? _readsGoOn;

    public bool IsOn => Volatile.Read(ref _logId) is not null;

    /// <summary>Whether changes were refused since it began, and not only kept waiting.</summary>
    public bool HasRefused { get; private set; }

    /// <summary>The same of reads.</summary>
    public bool HasRefusedReads { get; private set; }

    /// <summary>How often the database was found to be away. A connection that was opened at another number may lead to a server that is gone.</summary>
    public long Losses => Volatile.Read(ref _losses);

    /// <summary>Is another number whenever the database was found to be away, or to be back: what has begun before says nothing new if it fails.</summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>The exception for a request that did not get what it needs while this is on; null if it is not.</summary>
    public StorageException? Refusal
    {
        get
        {
            lock (_gate) return _logId is null ? null : new StorageException(_logId, _cause!);
        }
    }

    /// <summary>Ends when it is no longer worth waiting to read: because that is possible again, or is refused.</summary>
    public Task ReadsGoOn
    {
        get
        {
            if (!Volatile.Read(ref _isOfReads)) return Task.CompletedTask;
            lock (_gate) return _isOfReads && !HasRefusedReads ? (_readsGoOn ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    /// <summary>Notes that a batch could not be stored. Returns the exception for its jobs.</summary>
    /// <param name="cause">The fault of the database.</param>
    /// <param name="changes">The number of client changes in the batch.</param>
    public StorageException Refuse(Exception cause, int changes)
    {
        lock (_gate)
        {
            (HasRefused, _isOfChanges, _refused) = (true, true, _refused + changes);
            return Note(cause);
        }
    }

    /// <summary>Notes that a batch could not be stored, and is tried again.</summary>
    public void Begin(Exception cause)
    {
        lock (_gate)
        {
            _isOfChanges = true;
            Note(cause);
        }
    }

    /// <summary>Notes that something was stored again.</summary>
    public void End()
    {
        lock (_gate)
        {
            (_isOfChanges, HasRefused) = (false, false);
            EndIfOver();
        }
    }

    /// <summary>Notes that a read found the database away, and is tried again, unless that is no news.</summary>
    /// <param name="cause">The fault of the database.</param>
    /// <param name="turn"><see cref="Turns"/> when the read began.</param>
    public void BeginReads(Exception cause, long turn)
    {
        lock (_gate)
        {
            if (_turns != turn) return;
            _isOfReads = true;
            Note(cause);
        }
    }

    /// <summary>Notes that a read found the database away, and is not tried again. Returns the exception for it.</summary>
    public StorageException RefuseRead(Exception cause)
    {
        lock (_gate)
        {
            (_isOfReads, HasRefusedReads, _refused) = (true, true, _refused + 1);
            LetReadsGoOn();
            return Note(cause);
        }
    }

    /// <summary>Refuses a read that was not tried, because those before it were refused. Null if reads are possible again meanwhile.</summary>
    public StorageException? RefuseRead()
    {
        lock (_gate)
        {
            if (!HasRefusedReads) return null;
            _refused++;
            return new StorageException(_logId!, _cause!);
        }
    }

    /// <summary>Notes that something was read.</summary>
    /// <param name="losses"><see cref="Losses"/> when the connection was opened. One that was there before says nothing of the database that comes back.</param>
    public void EndReads(long losses)
    {
        if (!Volatile.Read(ref _isOfReads)) return;
        lock (_gate)
        {
            if (!_isOfReads || losses != _losses) return;
            (_isOfReads, HasRefusedReads) = (false, false);
            LetReadsGoOn();
            EndIfOver();
        }
    }

    private StorageException Note(Exception cause)
    {
        var isAway = faults.IsAway(cause);
        (_losses, _turns, _cause) = (isAway ? _losses + 1 : _losses, _turns + 1, cause);
        var isNew = _logId is null;
        _logId ??= Ids.NewLogId();
        var reason = faults.WhileRunning(cause);
        // A server that restarts gives several reasons, of which the first is enough.
        if (isNew || (reason != _reason && !faults.IsWorthRetry(cause)))
        {
            _reason = reason;
            _isOfAll = isAway || faults.IsWorthRetry(cause);
            if (_isOfAll) LogAway(reason, _logId);
            else LogBegun(reason, _logId);
        }

        return new StorageException(_logId, cause);
    }

    private void EndIfOver()
    {
        _turns++;
        if (_isOfChanges || _isOfReads || _logId is null) return;
        if (_isOfAll) LogBack(_refused, _logId);
        else LogEnded(_refused, _logId);
        (_logId, _reason, _cause, _refused) = (null, null, null, 0);
    }

    private void LetReadsGoOn()
    {
        _readsGoOn?.TrySetResult();
        _readsGoOn = null;
    }

    [LoggerMessage(1005, LogLevel.Error, "Changes cannot be stored, because {Reason}. Until then they are refused with log id {LogId}, and reads go on")]
    private partial void LogBegun(string reason, string logId);

    [LoggerMessage(1006, LogLevel.Information, "Changes are stored again; {Refused} were refused with log id {LogId}")]
    private partial void LogEnded(long refused, string logId);

    [LoggerMessage(1010, LogLevel.Error, "The database cannot be used, because {Reason}. Requests wait for it for a while, and are refused after that with log id {LogId}")]
    private partial void LogAway(string reason, string logId);

    [LoggerMessage(1011, LogLevel.Information, "The database can be used again; {Refused} requests were refused with log id {LogId}")]
    private partial void LogBack(long refused, string logId);
}
