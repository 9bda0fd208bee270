using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using RoomWs.Bench.Load;
using RoomWs.Bench.Servers;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting;
using RoomWs.Server.Sessions;

namespace RoomWs.Bench.Micro;

/// <summary>A server without sockets: its connections are pipes in this process, so that the cost of the kernel's sockets is not measured.</summary>
internal sealed class InMemoryServer : IDisposable
{
    private readonly DatabaseFolder _folder = new();
    private readonly ServerCore _core;

    public InMemoryServer()
    {
        var options = new RoomWsOptions { Dev = true, Database = _folder.Database };
        (options.Limits.RequestsPerSecond, options.Limits.PresenceMembers) = (0, 1);
        (options.Limits.CreatesPerMinute, options.Limits.AddsPerMinute) = (0, 0);
        // Large enough that no benchmark closes its connection as too slow.
        options.Limits.OutboundQueueBytes = 64 * 1_048_576;
        _core = ServerCore.Open(options, TimeProvider.System, NullLoggerFactory.Instance);
    }

    /// <summary>The server's side of the only connection.</summary>
    public ClientConnection Connection => _core.Connections.All.Single();

    public InMemoryClient Connect(string user)
    {
        var (toServer, toClient) = (NewPipe(), NewPipe());
        _ = _core.Listener.OnConnectedAsync(new DefaultConnectionContext(user, new Ends(toServer.Reader, toClient.Writer), new Ends(toClient.Reader, toServer.Writer)));
        var client = new InMemoryClient(toServer.Writer, toClient.Reader);
        client.Send(Encoding.ASCII.GetBytes($"GET /ws?user={user} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        _ = client.ReceiveSome();
        return client;
    }

    public void Dispose()
    {
        _core.Dispose();
        _folder.Dispose();
    }

    // Inline schedulers run the reader on the writer's thread: thread switches would otherwise dominate the measurement.
    private static Pipe NewPipe() => new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false));

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

/// <summary>The client's side of a connection to an <see cref="InMemoryServer"/>.</summary>
internal sealed class InMemoryClient(PipeWriter output, PipeReader input)
{
    public static byte[] Message(string text) => Frame.FromClient(Frame.Text, Encoding.UTF8.GetBytes(text));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        output.FlushAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Waits for bytes, discards them, and returns their number.</summary>
    public long ReceiveSome()
    {
        var result = input.ReadAsync().AsTask().GetAwaiter().GetResult();
        var length = result.Buffer.Length;
        input.AdvanceTo(result.Buffer.End);
        return length;
    }

    /// <summary>Sends a request, waits for its reply, and returns the number of its bytes.</summary>
    public long Ask(ReadOnlySpan<byte> message)
    {
        Send(message);
        return ReceiveSome();
    }
}
