using Microsoft.Extensions.Logging;
using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>
/// A time in which nothing can be stored, for example because the disk is full. It is logged when it begins, when its reason changes and when
/// it is over, not once for each refused change. Writer's thread only.
/// </summary>
internal sealed partial class StorageOutage(IStorageFaults faults, ILogger logger)
{
    private string? _logId;
    private string? _reason;
    private long _refused;

    public bool IsOn => _logId is not null;

    /// <summary>Whether changes were refused since it began, and not only kept waiting.</summary>
    public bool HasRefused { get; private set; }

    /// <summary>Notes that a batch could not be stored. Returns the exception for its jobs.</summary>
    /// <param name="cause">The fault of the database.</param>
    /// <param name="changes">The number of client changes in the batch.</param>
    public StorageException Refuse(Exception cause, int changes)
    {
        (HasRefused, _refused) = (true, _refused + changes);
        Begin(cause);
        return new StorageException(_logId!, cause);
    }

    /// <summary>Notes that a batch could not be stored, and is tried again.</summary>
    public void Begin(Exception cause)
    {
        _logId ??= Ids.NewLogId();
        var reason = faults.WhileRunning(cause);
        if (reason == _reason) return;
        _reason = reason;
        LogBegun(reason, _logId);
    }

    /// <summary>Notes that something was stored again. Call only while <see cref="IsOn"/>.</summary>
    public void End()
    {
        LogEnded(_refused, _logId!);
        (_logId, _reason, _refused, HasRefused) = (null, null, 0, false);
    }

    [LoggerMessage(1005, LogLevel.Error, "Changes cannot be stored, because {Reason}. Until then they are refused with log id {LogId}, and reads go on")]
    private partial void LogBegun(string reason, string logId);

    [LoggerMessage(1006, LogLevel.Information, "Changes are stored again; {Refused} were refused with log id {LogId}")]
    private partial void LogEnded(long refused, string logId);
}
