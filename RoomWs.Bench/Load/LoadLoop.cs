using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Load;

/// <summary>
/// The load generator: one thread, one epoll and one receive buffer for all sockets. It shares the processors with the server that it
/// measures, so it parses no JSON and allocates nothing during the load.
/// </summary>
internal sealed unsafe class LoadLoop : IDisposable
{
    private const int BufferSize = 256 * 1024;

    private readonly Epoll _epoll = new();
    private readonly List<LoadClient> _clients = [];
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);

    public IReadOnlyList<LoadClient> Clients => _clients;

    /// <summary>Number of bytes received, including the headers of frames.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Connects as a user and sends the upgrade. The greeting follows while the loop is pumped.</summary>
    /// <param name="server">The server.</param>
    /// <param name="user">The user.</param>
    /// <param name="greeting">The messages to send, each after the reply to the one before.</param>
    /// <param name="receiveBuffer">The size of the socket's receive buffer; 0 for the system's default.</param>
    public LoadClient Connect(ServerUnderTest server, string user, IReadOnlyList<string> greeting, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
        socket.Connect(IPAddress.Loopback, server.Port);
        socket.Blocking = false;

        var client = new LoadClient(this, _clients.Count, user, socket, server.Dialect, greeting);
        _clients.Add(client);
        _epoll.Add(client.Descriptor, client.Number);
        client.Send(Encoding.ASCII.GetBytes(
            $"GET {server.Dialect.PathOf(user)} HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        return client;
    }

    /// <summary>Connects a client for each user and waits until all are ready.</summary>
    public LoadClient[] ConnectAll(ServerUnderTest server, IEnumerable<string> users, IReadOnlyList<string> greeting)
    {
        var clients = new List<LoadClient>();
        foreach (var user in users)
        {
            clients.Add(Connect(server, user, greeting));
            // The listen backlog is finite, and the greetings should be answered while other clients connect.
            if (clients.Count % 64 == 0) Pump(0);
        }

        var ready = 0;
        PumpUntil(
            () =>
            {
                while (ready < clients.Count && clients[ready].IsReady) ready++;
                return ready == clients.Count;
            },
            TimeSpan.FromSeconds(60),
            () => $"{server.Name} let only {clients.Count(client => client.IsReady)} of {clients.Count} clients in.");
        return [.. clients];
    }

    /// <summary>Waits for events until the timeout, and handles them.</summary>
    public void Pump(int timeoutMilliseconds)
    {
        var count = _epoll.Wait(timeoutMilliseconds);
        for (var i = 0; i < count; i++)
        {
            var (number, canWrite) = _epoll[i];
            var client = _clients[number];
            if (canWrite) client.SendUnsent();
            if (client.IsReading) Receive(client);
        }
    }

    public void PumpFor(TimeSpan time)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) is var elapsed && elapsed < time) Pump((int)Math.Min(20, Math.Ceiling((time - elapsed).TotalMilliseconds)));
    }

    public void PumpUntil(Func<bool> done, TimeSpan patience, Func<string> complaint)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!done())
        {
            if (Stopwatch.GetElapsedTime(begun) > patience) throw new LoadException(complaint());
            Pump(20);
        }
    }

    public void Watch(LoadClient client, bool writing) => _epoll.Watch(client.Descriptor, client.Number, client.IsReading, writing);

    public void Dispose()
    {
        foreach (var client in _clients) client.Abort();
        _epoll.Dispose();
    }

    private void Receive(LoadClient client)
    {
        var kept = client.PartialLength;
        // Grow the buffer for a large frame. It does not shrink again.
        if (kept > _buffer.Length / 2) _buffer = GC.AllocateUninitializedArray<byte>(2 * _buffer.Length, pinned: true);
        client.Partial.AsSpan(0, kept).CopyTo(_buffer);
        nint received;
        fixed (byte* at = &_buffer[kept]) received = LibC.Receive(client.Descriptor, at, _buffer.Length - kept, 0);
        if (received <= 0)
        {
            if (received < 0 && Marshal.GetLastPInvokeError() == LibC.TryAgain) return;
            // Nothing more will come, and epoll would report that again and again.
            client.PauseReading();
            client.Ended(1006);
            return;
        }

        ReceivedBytes += received;
        Keep(client, Handle(client, _buffer.AsSpan(0, kept + (int)received)));
    }

    /// <summary>Handles all complete frames and returns the remaining bytes.</summary>
    private static ReadOnlySpan<byte> Handle(LoadClient client, ReadOnlySpan<byte> bytes)
    {
        if (!client.IsUpgraded)
        {
            var end = bytes.IndexOf("\r\n\r\n"u8);
            if (end < 0) return bytes;
            if (!bytes.StartsWith("HTTP/1.1 101"u8)) throw new LoadException($"The upgrade was refused: {Encoding.UTF8.GetString(bytes)}");
            bytes = bytes[(end + 4)..];
            client.Upgraded();
        }

        while (Frame.TryRead(bytes, out var frame, out var length))
        {
            client.Received(frame);
            bytes = bytes[length..];
        }

        return bytes;
    }

    private static void Keep(LoadClient client, ReadOnlySpan<byte> rest)
    {
        client.PartialLength = rest.Length;
        if (rest.Length == 0)
        {
            // Thousands of clients that got one large message each must not keep a large buffer each.
            if (client.Partial.Length > 4096) client.Partial = [];
            return;
        }

        if (client.Partial.Length < rest.Length) client.Partial = GC.AllocateUninitializedArray<byte>(Math.Max(512, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rest.Length)));
        rest.CopyTo(client.Partial);
    }
}
