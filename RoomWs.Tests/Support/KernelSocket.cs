using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text.Json;
using RoomWs.Bench.Load;
using RoomWs.Server.Configuration;
using RoomWs.Server.Identity;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Tests.Support;

/// <summary>
/// A client's connection without a socket: what it is sent goes through a pipe in this process, on the thread that sends it, and so is there
/// to be taken when the sending returns.
/// </summary>
internal sealed class KernelSocket : IDisposable
{
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient;
    private readonly Queue<JsonElement> _arrived = [];

    /// <summary>Connects.</summary>
    /// <param name="userId">Whose it is.</param>
    /// <param name="isSlow">Whether its first send waits until something is taken; all that is sent behind it queues.</param>
    /// <param name="outboundBytes">What may queue.</param>
    /// <param name="time">The clock of its request rate.</param>
    /// <param name="waitingOfUser">What waits for all sockets of its user.</param>
    public KernelSocket(string userId, bool isSlow = false, int outboundBytes = 1_048_576, TimeProvider? time = null, Func<string, long>? waitingOfUser = null)
    {
        var pause = isSlow ? 1 : 0;
        _toClient = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: pause, resumeWriterThreshold: pause, useSynchronizationContext: false));
        Connection = new ClientConnection(
            userId,
            _toServer.Reader,
            new TlsOutlet(_toClient.Writer),
            reason => Aborted = reason,
            new WebSocketCreationOptions { IsServer = true },
            outboundBytes,
            new RequestRate(new LimitOptions(), time ?? TimeProvider.System),
            time ?? TimeProvider.System)
        {
            Identity = new UserIdentity(userId, userId, null, IsAdmin: false, null),
            WaitingOfUser = waitingOfUser ?? (static _ => 0),
        };
    }

    public ClientConnection Connection { get; }

    /// <summary>Why it was ended without a word; null while it was not.</summary>
    public string? Aborted { get; private set; }

    /// <summary>How often it was pinged.</summary>
    public int Pings { get; private set; }

    /// <summary>The code of the close frame; null while there was none.</summary>
    public int? CloseCode { get; private set; }

    /// <summary>All frames that have arrived since the last time.</summary>
    public JsonElement[] Take()
    {
        // What is taken makes room for what waits behind it, which is there at once.
        while (_toClient.Reader.TryRead(out var result) && result.Buffer.Length > 0) Receive(result);
        JsonElement[] taken = [.. _arrived];
        _arrived.Clear();
        return taken;
    }

    /// <summary>The types of all frames that have arrived since the last time.</summary>
    public string[] TakeTypes() => [.. Take().Select(frame => frame.Type())];

    /// <summary>The next frame, for what arrives in its own time.</summary>
    public async Task<JsonElement> NextAsync()
    {
        while (_arrived.Count == 0) Receive(await _toClient.Reader.ReadAsync().AsTask().OrFailAsync("a frame"));
        return _arrived.Dequeue();
    }

    /// <summary>Ends the client's side without a word.</summary>
    public void GoAway() => _toClient.Reader.Complete();

    public void Dispose() => Connection.Dispose();

    private void Receive(ReadResult result)
    {
        var bytes = result.Buffer.ToArray();
        var at = 0;
        while (Frame.TryRead(bytes.AsSpan(at), out var frame, out var length))
        {
            if (frame.Opcode == Frame.Close) CloseCode = frame.CloseCode;
            else if (frame.Opcode == Frame.Ping) Pings++;
            else _arrived.Enqueue(JsonDocument.Parse(frame.Payload.ToArray()).RootElement);
            at += length;
        }

        _toClient.Reader.AdvanceTo(result.Buffer.GetPosition(at), result.Buffer.End);
    }
}
