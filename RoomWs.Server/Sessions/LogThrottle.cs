namespace RoomWs.Server.Sessions;

/// <summary>
/// Keeps lines that clients can cause at will to one a second. A line stands for all events since the one before it. May be used from any
/// thread.
/// </summary>
internal sealed class LogThrottle(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long? _lineAt;
    private int _leftOut;

    /// <summary>Counts an event. Returns how many events a line is due for, this one included; 0 if none is due yet.</summary>
    public int Add()
    {
        lock (_gate)
        {
            _leftOut++;
            return IsDueLocked() ? TakeLocked() : 0;
        }
    }

    /// <summary>Returns how many events have had no line, if one is due for them by now; otherwise 0.</summary>
    public int Overdue()
    {
        lock (_gate) return IsDueLocked() ? TakeLocked() : 0;
    }

    /// <summary>Returns how many events have had no line, at the end of what they are about.</summary>
    public int Rest()
    {
        lock (_gate) return TakeLocked();
    }

    private bool IsDueLocked() => _leftOut > 0 && (_lineAt is not { } last || time.GetElapsedTime(last) >= Interval);

    private int TakeLocked()
    {
        var events = _leftOut;
        (_leftOut, _lineAt) = (0, time.GetTimestamp());
        return events;
    }
}
