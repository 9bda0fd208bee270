namespace RoomWs.Server.Transport;

/// <summary>
/// The sockets that clients may have open at a time, counted from the moment they are accepted: a client that never says a word takes a place
/// like any other. A few more are there to tell the surplus why it is refused. May be used from any thread.
/// </summary>
/// <param name="clients">The places for clients.</param>
/// <param name="surplus">How many clients beyond that can be told at a time that there is none.</param>
/// <param name="refusal">What they are told.</param>
internal sealed class Places(int clients, int surplus, HandshakeRefusal refusal)
{
    private int _clients;
    private int _surplus;

    /// <summary>What a client is told for whom there is no place.</summary>
    public HandshakeRefusal Refusal => refusal;

    /// <summary>Takes a place. False if there is none, not even to say so.</summary>
    /// <param name="isSurplus">Whether it is one of those in which a client is only told that there is none.</param>
    public bool TryTake(out bool isSurplus)
    {
        isSurplus = !TryTake(ref _clients, clients);
        return !isSurplus || TryTake(ref _surplus, surplus);
    }

    /// <summary>Gives back a place, once its socket is closed.</summary>
    public void GiveBack(bool isSurplus) => Interlocked.Decrement(ref isSurplus ? ref _surplus : ref _clients);

    private static bool TryTake(ref int taken, int limit)
    {
        if (Interlocked.Increment(ref taken) <= limit) return true;
        Interlocked.Decrement(ref taken);
        return false;
    }
}
