using System.IO.Pipelines;
using System.Net.WebSockets;
using RoomWs.Protocol;
using RoomWs.Server.Identity;
using RoomWs.Server.Model;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Sessions;

/// <summary>
/// One client's connection, from the end of its handshake: its identity, its outbox, and how many of its changes are still with the writer.
/// Send, Reply with a batch, Close, Leave and Abort may be called from any thread. Everything else belongs to the read loop, unless it says
/// otherwise.
/// </summary>
internal sealed class ClientConnection : IDisposable
{
    /// <summary>Maximum time of a close: to send what waits, and for the client to answer it. After that the connection is aborted.</summary>
    private static readonly TimeSpan MaxCloseTime = TimeSpan.FromSeconds(5);

    /// <summary>Why a connection is cut off whose client did not answer a ping.</summary>
    public const string NoAnswer = "no answer to a ping";

    /// <summary>Why a connection is closed with 4008.</summary>
    public const string RateAbuse = "too much kept coming over the rate limit";

    /// <summary>How many times as much as for one connection may wait for all of a user's, before each is read on only when it has taken everything.</summary>
    private const int UserShare = 8;

    private readonly Action<string> _abort;
    private readonly Outbox _outbox;
    private UserIdentity? _identity;
    private readonly PendingWrites _writes;
    private readonly Farewell _farewell;
    private readonly long _userBytes;
    private Closing? _closing;
    private string? _abortReason;
    private Timer? _closeTimer;

    /// <summary>Creates a connection after its handshake.</summary>
    /// <param name="id">The id in the log and in HELLO_ACK.</param>
    /// <param name="input">The bytes that come in, below the WebSocket.</param>
    /// <param name="outlet">Where the bytes leave.</param>
    /// <param name="abort">Ends the transport connection at once, for the given reason.</param>
    /// <param name="protocol">The options of the WebSocket.</param>
    /// <param name="outboundQueueBytes">Maximum bytes that may wait to be sent.</param>
    /// <param name="rate">The rate limit of the client's requests.</param>
    /// <param name="time">The server's clock.</param>
    public ClientConnection(string id, PipeReader input, Outlet outlet, Action<string> abort, WebSocketCreationOptions protocol, int outboundQueueBytes, RequestRate rate, TimeProvider time)
    {
        (Id, Input, _abort, Rate, OpenedAt, _userBytes) = (id, input, abort, rate, time.GetTimestamp(), (long)UserShare * outboundQueueBytes);
        _outbox = new Outbox(outlet, outboundQueueBytes, StartClosing);
        _writes = new PendingWrites(outboundQueueBytes / 2);
        _farewell = new Farewell(_outbox, _writes);
        var stream = new PipeStream(Input, _outbox, time, CountFrames);
        Life = new SignsOfLife(stream, _outbox, outlet, time);
        Socket = WebSocket.CreateFromStream(stream, protocol);
    }

    public string Id { get; }

    /// <summary>Only for receiving. Everything that is sent goes through the outbox.</summary>
    public WebSocket Socket { get; }

    /// <summary>The bytes that come in, below the WebSocket.</summary>
    public PipeReader Input { get; }

    public RequestRate Rate { get; }

    public SeenBoards SeenBoards { get; } = new();

    public SignsOfLife Life { get; }

    /// <summary>The bytes that wait for all connections of a user. An estimate.</summary>
    public Func<string, long> WaitingOfUser { get; init; } = static _ => 0;

    /// <summary>Is cancelled when the client has left, also while nothing is read from it.</summary>
    public CancellationToken Gone { get; init; }

    /// <summary>Its client as one that comes, until its user is known. Null where nobody waits for it.</summary>
    public ComingClients.Client? Coming { get; init; }

    /// <summary>Its user is known, and shown as online: nobody waits for it any more.</summary>
    public void HasComeIn() => Coming?.End();

    /// <summary>The time of opening, as a timestamp of the server's clock. May be read from any thread.</summary>
    public long OpenedAt { get; }

    /// <summary>The user that requests act for. Null until there is an identity. Set by the read loop; its UserId never changes after that.</summary>
    public Caller? Caller { get; private set; }

    /// <summary>The current identity. A fresh token replaces it. May be read from any thread.</summary>
    public UserIdentity? Identity
    {
        get => Volatile.Read(ref _identity);
        set
        {
            Caller = value is null ? null : new Caller(value.UserId, value.Username, value.IsAdmin) { SeenBoards = SeenBoards };
            Volatile.Write(ref _identity, value);
        }
    }

    /// <summary>Whether a HELLO was accepted on this connection.</summary>
    public bool HasGreeted { get; set; }

    /// <summary>
    /// Whether this connection gets changes of members as deltas instead of whole lists. Set by the writer in its turn among the changes. The read
    /// loop may read it, because it waits while the writer sets it. Other threads may read it to send pending deltas, because there are none
    /// while it is set.
    /// </summary>
    public bool TakesMemberDeltas { get; set; }

    /// <summary>How the server closes the connection. Null until it does. May be read from any thread.</summary>
    public Closing? Closing => Volatile.Read(ref _closing);

    /// <summary>Why the server cut the connection off; null if it did not. May be read from any thread.</summary>
    public string? AbortReason => Volatile.Read(ref _abortReason);

    /// <summary>Ends when the close frame is sent or the connection is gone. Already ended if no close was decided.</summary>
    public Task Closed => _outbox.Closed;

    public long WaitingBytes => _outbox.WaitingBytes;

    public int PendingWrites => _writes.Count;

    public void Send(byte[] frame) => _outbox.Send(frame);

    /// <summary>Sends a frame with the batch, when that starts.</summary>
    public void Send(byte[] frame, SendBatch batch) => _outbox.Send(frame, batch, isOwnDoing: false);

    /// <summary>Sends an event with the batch. It replaces an older one with the same coalesce key that still waits.</summary>
    public void Send(DeferredFrame message, object? coalesceKey, SendBatch batch) => _outbox.Send(message, coalesceKey, batch);

    /// <summary>Sends a reply from the writer, with the batch.</summary>
    public void Reply(OutboundFrame frame, SendBatch batch)
    {
        Rate.ChargeReplyOfWriter(frame.Length);
        _outbox.Send(frame, batch, isOwnDoing: true);
    }

    /// <summary>Queues the answer to the upgrade, before anything else may be sent. It goes out with the first thing that is, or by <see cref="FlushReplies"/>.</summary>
    public void AnswerUpgrade(byte[] head) => _outbox.Append(head);

    /// <summary>Sends a reply from the read loop. It goes out when the loop next waits.</summary>
    public void Reply(OutboundFrame frame)
    {
        Rate.ChargeReply(frame.Length);
        _outbox.Append(frame);
    }

    /// <summary>Holds back events until <see cref="ResumeEvents"/>. Replies of the read loop go past the pause. May be called from any thread.</summary>
    public void PauseEvents() => _outbox.PauseEvents();

    public void ResumeEvents() => _outbox.ResumeEvents();

    public void FlushReplies() => _outbox.Flush();

    /// <summary>Ends when the client has read enough that more replies may be queued.</summary>
    public Task RoomForRepliesAsync() =>
        _outbox.RoomAsync(isBehind: WaitingBytes > 0 && Identity is { } identity && WaitingOfUser(identity.UserId) > _userBytes);

    /// <summary>Sends what waits, then closes. Only the first close counts.</summary>
    public void Close(CloseCode code, string reason) => _outbox.Close(code, reason);

    /// <summary>Closes the connection of a client that reads too slowly, and drops what waits for it.</summary>
    public void CloseSlow(string reason) => _outbox.CloseSlow(reason);

    /// <summary>
    /// Sends a last message at once, begins no more requests, and closes when all begun requests are answered. So a request without a reply
    /// before this close was not done. Only the first call counts.
    /// </summary>
    public void Leave(CloseCode code, string reason, byte[] lastWord) => _farewell.Say(code, reason, lastWord);

    /// <summary>Called by the read loop before it handles a message. False if no request may begin any more.</summary>
    public bool TryBegin() => Closing is null && _farewell.TryBegin();

    /// <summary>Called by the read loop when a message is handled: the request is answered, or is with the writer.</summary>
    public void Finished() => _farewell.Finished();

    /// <summary>Pings a client that is quiet, and ends the connection of one that does not answer, takes nothing of what waits for it, or does not end a message. Housekeeping only.</summary>
    /// <param name="ping">The silence after which a client is pinged.</param>
    /// <param name="dead">The time that a client has to answer, or to take something.</param>
    public void Watch(TimeSpan ping, TimeSpan dead)
    {
        var sign = Life.Look(ping, dead);
        if (sign == LifeSign.Quiet) _outbox.SendPastPause(FrameHeader.Ping);
        else if (sign == LifeSign.Silent) Abort(NoAnswer);
        else if (sign == LifeSign.Stuck) _outbox.CloseSlow();
        else if (sign == LifeSign.Unfinished) Close(CloseCode.PolicyViolation, $"a message in pieces did not end within {SignsOfLife.MaxMessageTime.TotalSeconds} s");
    }

    /// <summary>Ends the connection at once, without a close frame.</summary>
    public void Abort(string reason)
    {
        Volatile.Write(ref _abortReason, reason);
        _abort(reason);
    }

    /// <summary>
    /// Begins a change, once there is room for its reply beside those to the changes under way: of a client that asks for much and reads nothing, only one
    /// large reply is made, and not one for each change. False if the connection is closing by then.
    /// </summary>
    /// <param name="replyBytes">What the reply may take. 0 for a small one.</param>
    public async ValueTask<bool> StartWriteAsync(long replyBytes)
    {
        if (_writes.TryAdd(replyBytes)) return true;
        await WritesDoneAsync();
        await RoomForRepliesAsync();
        return Closing is null && _writes.TryAdd(replyBytes);
    }

    /// <summary>Called by the writer once the reply to a change is queued.</summary>
    public void WriteFinished()
    {
        if (_writes.Remove()) _farewell.CloseOnceAnswered();
    }

    /// <summary>Ends when the replies to all changes of this connection are queued. So the next reply comes after them.</summary>
    public Task WritesDoneAsync()
    {
        if (PendingWrites == 0) return Task.CompletedTask;

        FlushReplies();
        return _writes.NoneAsync();
    }

    /// <summary>Called after the read loop has ended. Stops the close timer, if there is one.</summary>
    public void Dispose()
    {
        _closeTimer?.Dispose();
        Socket.Dispose();
    }

    private void CountFrames(int frames)
    {
        Rate.CountFrames(frames);
        if (Rate.IsAbused) Close(CloseCode.RateAbuse, RateAbuse);
    }

    /// <summary>Called once by the outbox, under its gate.</summary>
    private void StartClosing(CloseCode code, string reason)
    {
        Volatile.Write(ref _closing, new Closing(code, reason));
        _closeTimer = new Timer(static connection => ((ClientConnection)connection!).Abort("The close was not answered."), this, MaxCloseTime, Timeout.InfiniteTimeSpan);
    }
}
