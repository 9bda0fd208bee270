using RoomWs.Protocol;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Sessions;

/// <summary>
/// The end of a connection that may begin no more requests, and closes when all that it has begun are answered. May be used from any thread.
/// </summary>
internal sealed class Farewell(Outbox outbox, PendingWrites writes)
{
    /// <summary>0: not leaving. 1: it is being said. 2: the last message is queued and <see cref="_closing"/> is set.</summary>
    private int _state;

    /// <summary>1 while the read loop handles a message.</summary>
    private int _isHandling;

    private Closing? _closing;

    private bool IsSaid => Volatile.Read(ref _state) == 2;

    /// <summary>Sends a last message at once. Only the first call counts.</summary>
    public void Say(CloseCode code, string reason, byte[] lastWord)
    {
        if (Interlocked.Exchange(ref _state, 1) != 0) return;
        outbox.SendPastPause(lastWord);
        _closing = new Closing(code, reason);
        Interlocked.Exchange(ref _state, 2);
        CloseOnceAnswered();
    }

    /// <summary>Called by the read loop before it handles a message. False if no request may begin any more.</summary>
    public bool TryBegin()
    {
        Interlocked.Exchange(ref _isHandling, 1);
        if (!IsSaid) return true;
        Finished();
        return false;
    }

    /// <summary>Called by the read loop when a message is handled: the request is answered, or is with the writer.</summary>
    public void Finished()
    {
        Interlocked.Exchange(ref _isHandling, 0);
        CloseOnceAnswered();
    }

    // The last of three closes: the caller of Say, the read loop, the writer. Each first notes that it is done, with a full fence, and then
    // looks at the other two. So at least one of them sees that all are done.
    public void CloseOnceAnswered()
    {
        if (IsSaid && Volatile.Read(ref _isHandling) == 0 && writes.Count == 0) outbox.Close(_closing!.Code, _closing.Reason);
    }
}
