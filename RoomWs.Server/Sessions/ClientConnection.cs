using System.IO.Pipelines;
using System.Net.WebSockets;
using RoomWs.Protocol;
using RoomWs.Server.Identity;
using RoomWs.Server.Model;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Sessions;

/// <summary>
/// One client's connection, from its handshake to its end: who it is, what it is sent, and what of its changes is still with the
/// writer. Send and Close may be called from any thread; everything else belongs to the read loop, but where it says otherwise.
/// </summary>
internal sealed class ClientConnection : IDisposable
{
    /// <summary>How long a close may take: to flush what waits, and for the client to answer it.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    private readonly Action<string> _abort;
    private readonly Outbox _outbox;
    private UserIdentity? _identity;
    private int _pendingWrites;
    private TaskCompletionSource? _writesDone;
    private int _isLeaving;
    private int _isBusy;
    private (CloseCode Code, string Reason)? _farewell;
    private Timer? _lingering;

    /// <summary>Makes a connection whose handshake is done.</summary>
    /// <param name="id">What it is called in the log and by HELLO_ACK.</param>
    /// <param name="input">What comes in below the WebSocket.</param>
    /// <param name="outlet">Where what it is sent leaves.</param>
    /// <param name="abort">Ends the connection below at once, for a reason that it is given.</param>
    /// <param name="protocol">How the WebSocket is kept.</param>
    /// <param name="outboundQueueBytes">What may wait to be sent.</param>
    /// <param name="rate">How fast the client may ask.</param>
    /// <param name="openedAt">In the timestamps of the server's clock.</param>
    public ClientConnection(string id, PipeReader input, Outlet outlet, Action<string> abort, WebSocketCreationOptions protocol, int outboundQueueBytes, RequestRate rate, long openedAt)
    {
        (Id, Input, _abort, Rate, OpenedAt) = (id, input, abort, rate, openedAt);
        _outbox = new Outbox(outlet, outboundQueueBytes, StartClosing);
        Socket = WebSocket.CreateFromStream(new PipeStream(Input, _outbox), protocol);
    }

    public string Id { get; }

    /// <summary>What the client sends; what it is sent goes by the outbox.</summary>
    public WebSocket Socket { get; }

    /// <summary>What comes in below the WebSocket.</summary>
    public PipeReader Input { get; }

    public RequestRate Rate { get; }

    /// <summary>In the timestamps of the server's clock.</summary>
    public long OpenedAt { get; }

    /// <summary>Who every request acts for; null until there is an identity.</summary>
    public Caller? Caller { get; private set; }

    /// <summary>The identity in force; a fresh token replaces it. May be read from any thread.</summary>
    public UserIdentity? Identity
    {
        get => Volatile.Read(ref _identity);
        set
        {
            Caller = value is null ? null : new Caller(value.UserId, value.Username, value.IsAdmin);
            Volatile.Write(ref _identity, value);
        }
    }

    /// <summary>Whether a HELLO has been answered on this connection.</summary>
    public bool HasGreeted { get; set; }

    /// <summary>
    /// Whether changes of members come as what changed, and not whole. Set by the writer in its turn among the changes; the read loop may read it
    /// too, for it waits while that is under way.
    /// </summary>
    public bool TakesMemberDeltas { get; set; }

    /// <summary>How the server is closing the connection; null while it is not. May be read from any thread.</summary>
    public (CloseCode Code, string Reason)? Closing { get; private set; }

    /// <summary>Ends when nothing more will be sent.</summary>
    public Task Closed => _outbox.Closed;

    public long WaitingBytes => _outbox.WaitingBytes;

    public int PendingWrites => Volatile.Read(ref _pendingWrites);

    public void Send(byte[] frame) => _outbox.Send(frame);

    /// <summary>Sends with the batch, together with what else is sent before its start.</summary>
    public void Send(byte[] frame, SendBatch batch) => _outbox.Send(frame, batch, isOwnDoing: false);

    /// <summary>Sends an event with the batch; an older one of the same key that still waits is taken out for it.</summary>
    public void Send(DeferredFrame message, object? coalesceKey, SendBatch batch) => _outbox.Send(message, coalesceKey, batch);

    /// <summary>The reply to a change of this connection, with the batch.</summary>
    public void Reply(byte[] frame, SendBatch batch) => _outbox.Send(frame, batch, isOwnDoing: true);

    /// <summary>Sends from the read loop: goes out when the loop has nothing more to do at once.</summary>
    public void Reply(byte[] frame) => _outbox.Append(frame);

    /// <summary>From here on, what others send waits until <see cref="ResumeEvents"/>; replies go past it.</summary>
    public void PauseEvents() => _outbox.PauseEvents();

    public void ResumeEvents() => _outbox.ResumeEvents();

    public void FlushReplies() => _outbox.Flush();

    /// <summary>Ends when the client has read enough of its replies to be sent more.</summary>
    public Task RoomForRepliesAsync() => _outbox.RoomAsync();

    /// <summary>Sends what waits, then closes. The first close wins.</summary>
    public void Close(CloseCode code, string reason) => _outbox.Close(code, reason);

    /// <summary>
    /// Sends a last word at once, begins no more requests, and closes when all that were begun are answered. So a request that has no
    /// reply when this close comes was not done. The first call wins.
    /// </summary>
    public void Leave(CloseCode code, string reason, byte[] lastWord)
    {
        if (Interlocked.Exchange(ref _isLeaving, 1) != 0) return;
        _outbox.SendPastPause(lastWord);
        _farewell = (code, reason);
        Interlocked.Exchange(ref _isLeaving, 2);
        CloseOnceAnswered();
    }

    /// <summary>For the read loop, before it does what a message asks for: false where nothing is begun any more.</summary>
    public bool TryBegin()
    {
        if (Closing is not null) return false;
        Interlocked.Exchange(ref _isBusy, 1);
        if (!HasFarewell) return true;
        Finished();
        return false;
    }

    /// <summary>For the read loop: what a message asked for is answered, or with the writer.</summary>
    public void Finished()
    {
        Interlocked.Exchange(ref _isBusy, 0);
        CloseOnceAnswered();
    }

    /// <summary>Ends the connection without a word, where one cannot be had any more.</summary>
    public void Abort(string reason) => _abort(reason);

    public void WriteStarted() => Interlocked.Increment(ref _pendingWrites);

    /// <summary>Called by the writer, once the reply is queued.</summary>
    public void WriteFinished()
    {
        if (Interlocked.Decrement(ref _pendingWrites) != 0) return;
        Interlocked.Exchange(ref _writesDone, null)?.TrySetResult();
        CloseOnceAnswered();
    }

    /// <summary>Ends when the replies to all changes of this connection are queued, so that the next reply comes after them.</summary>
    public Task WritesDoneAsync()
    {
        if (PendingWrites == 0) return Task.CompletedTask;

        FlushReplies();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _writesDone, done);
        // The last one may have finished before it could see the source.
        if (PendingWrites == 0) Interlocked.Exchange(ref _writesDone, null)?.TrySetResult();
        return done.Task;
    }

    /// <summary>After the read loop: no timer outlives it.</summary>
    public void Dispose()
    {
        _lingering?.Dispose();
        Socket.Dispose();
    }

    private bool HasFarewell => Volatile.Read(ref _isLeaving) == 2;

    // Whoever comes last of these closes: the one that says farewell, the read loop, the writer. Each first says that it is done, with a
    // full fence, and then looks at the others; so at least one of them sees that all are.
    private void CloseOnceAnswered()
    {
        if (HasFarewell && Volatile.Read(ref _isBusy) == 0 && PendingWrites == 0) _outbox.Close(_farewell!.Value.Code, _farewell.Value.Reason);
    }

    private void StartClosing(CloseCode code, string reason)
    {
        Closing = (code, reason);
        _lingering = new Timer(static connection => ((ClientConnection)connection!).Abort("The close was not answered."), this, Linger, Timeout.InfiniteTimeSpan);
    }
}
