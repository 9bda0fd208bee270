namespace RoomWs.Server.Fanout;

/// <summary>
/// The lock of a room in use. A thread holds that of one room at most: two threads that each held one and waited for the other's would stop for good, and
/// soon the writer behind them. A struct, so that <c>lock</c> cannot be used on it past <see cref="Enter"/>.
/// </summary>
internal readonly struct RoomGate()
{
    [ThreadStatic]
    private static bool _isHeld;

    private readonly Lock _lock = new();

    public bool IsHeldByCurrentThread => _lock.IsHeldByCurrentThread;

    /// <summary>Takes the gate until the result is disposed.</summary>
    /// <exception cref="InvalidOperationException">The thread holds the gate of another room.</exception>
    public Holding Enter()
    {
        var again = _lock.IsHeldByCurrentThread;
        if (_isHeld && !again) throw new InvalidOperationException("A thread that holds the gate of a room asked for another one.");
        _lock.Enter();
        _isHeld = true;
        return new Holding(_lock, again);
    }

    /// <summary>The gate while it is held.</summary>
    internal readonly ref struct Holding(Lock held, bool again)
    {
        public void Dispose()
        {
            _isHeld = again;
            held.Exit();
        }
    }
}
