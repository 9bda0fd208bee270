using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Sends cursor moves at most 30 times a second. The first move in a room puts the room on the list for the next tick. The timer runs only
/// while the list is not empty. May be used from any thread.
/// </summary>
internal sealed class CursorTicker : IDisposable
{
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(33);

    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private List<LiveRoom> _due = [];

    public CursorTicker(Alarms alarms) => _timer = alarms.Make(_ => TellAll());

    /// <summary>Puts the room on the list for the next tick, unless it is there already. Under the room's gate.</summary>
    public void ScheduleLocked(LiveRoom room)
    {
        if (room.Live is not { IsDue: false } live) return;
        live.IsDue = true;
        lock (_gate)
        {
            _due.Add(room);
            if (_due.Count == 1) _timer.Change(Tick, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void TellAll()
    {
        List<LiveRoom> due;
        lock (_gate) (due, _due) = (_due, []);
        using var batch = new SendBatch();
        // All of them are off the list, and would not be told by the next tick.
        Each.Do(due, room =>
        {
            using (room.Gate.Enter()) room.Live?.TellCursors(batch);
        });
    }
}
