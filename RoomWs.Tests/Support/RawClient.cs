using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace RoomWs.Tests.Support;

/// <summary>The head and body of an HTTP response.</summary>
internal sealed record RawResponse(int Status, string Head, string Body)
{
    public bool HasHeader(string line) => Head.Split("\r\n").Contains(line, StringComparer.OrdinalIgnoreCase);
}

/// <summary>A frame as the server sent it.</summary>
internal sealed record RawFrame(int Opcode, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);

    public int CloseCode => BinaryPrimitives.ReadUInt16BigEndian(Payload);
}

/// <summary>Bytes on a TCP connection, for handshakes and frames that no WebSocket client would send.</summary>
internal sealed class RawClient : IDisposable
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    public const string KeyLine = "Sec-WebSocket-Key: " + Key;
    public const string VersionLine = "Sec-WebSocket-Version: 13";

    private readonly TcpClient _tcp = new() { NoDelay = true };
    private readonly byte[] _one = new byte[1];

    private Stream? _input;

    private NetworkStream Stream => _tcp.GetStream();

    /// <summary>Heads and frames are read in small pieces; each would be a call to the kernel.</summary>
    private Stream Input => _input ??= new BufferedStream(Stream, 16_384);

    public static async Task<RawClient> ConnectAsync(TestServer server) => server.Track(await ConnectAsync(server.NextUrl()));

    /// <summary>Connects to a server that is a process of its own.</summary>
    public static async Task<RawClient> ConnectAsync(Uri server)
    {
        var client = new RawClient();
        await client._tcp.ConnectAsync(server.Host, server.Port).OrFailAsync("the connection");
        return client;
    }

    /// <summary>Connects as a WebSocket.</summary>
    public static async Task<RawClient> OpenAsync(TestServer server, string query = "?user=alice") => server.Track(await OpenAsync(server.NextUrl(), query));

    public static async Task<RawClient> OpenAsync(Uri server, string query)
    {
        var client = await ConnectAsync(server);
        await client.SendAsync(Upgrade($"/ws{query}"));
        if (await client.ReadResponseAsync() is not { Status: 101 } and var refusal) throw new InvalidOperationException(refusal.Head + refusal.Body);
        return client;
    }

    /// <summary>A valid upgrade, but for what the test changes of it; an empty line leaves its header out.</summary>
    public static string Upgrade(string target = "/ws?user=alice", string method = "GET", string protocol = "HTTP/1.1", string host = "Host: localhost", string key = KeyLine, string version = VersionLine, params string[] more)
    {
        string[] lines = [$"{method} {target} {protocol}", host, "Connection: keep-alive, Upgrade", "Upgrade: websocket", key, version, .. more];
        return string.Join("\r\n", lines.Where(line => line.Length > 0)) + "\r\n\r\n";
    }

    /// <summary>A frame as a client sends it: masked, unless the test says otherwise.</summary>
    public static byte[] Frame(int firstByte, byte[] payload, bool masked = true)
    {
        if (!masked) return [.. Head(firstByte, payload.Length, masked), .. payload];

        byte[] mask = [0x12, 0x34, 0x56, 0x78];
        byte[] frame = [.. Head(firstByte, payload.Length), .. mask, .. payload];
        var start = frame.Length - payload.Length;
        for (var i = 0; i < payload.Length; i++) frame[start + i] ^= mask[i % 4];
        return frame;
    }

    /// <summary>What a frame begins with: its kind, and the length that it announces.</summary>
    public static byte[] Head(int firstByte, long length, bool masked = true)
    {
        var mask = masked ? 0x80 : 0;
        var bytes = new byte[(ulong)length switch { <= 125 => 2, <= ushort.MaxValue => 4, _ => 10 }];
        bytes[0] = (byte)firstByte;
        bytes[1] = (byte)(mask | bytes.Length switch { 2 => (int)length, 4 => 126, _ => 127 });
        if (bytes.Length == 4) BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)length);
        if (bytes.Length == 10) BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(2), length);
        return bytes;
    }

    public static byte[] TextFrame(string text) => Frame(0x81, Encoding.UTF8.GetBytes(text));

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public Task SendAsync(byte[] bytes) => Stream.WriteAsync(bytes).AsTask().OrFailAsync("room in the socket");

    /// <summary>Sends when the server takes it, however long that is.</summary>
    public Task SendUnboundedAsync(byte[] bytes) => Stream.WriteAsync(bytes).AsTask();

    public async Task<RawResponse> ReadResponseAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)await ReadByteAsync());
        var text = head.ToString();
        var length = text.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal)) is { } line
            ? int.Parse(line["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture)
            : 0;
        return new RawResponse(int.Parse(text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture), text, Encoding.UTF8.GetString(await ReadAsync(length)));
    }

    public async Task<RawFrame> ReadFrameAsync()
    {
        var opcode = await ReadByteAsync() & 0x0f;
        int length = await ReadByteAsync();
        if (length == 126) length = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2));
        else if (length == 127) length = (int)BinaryPrimitives.ReadUInt64BigEndian(await ReadAsync(8));
        return new RawFrame(opcode, await ReadAsync(length));
    }

    /// <summary>Reads whatever is there, of whatever frames; 0 where the server has ended the connection.</summary>
    public ValueTask<int> ReadSomeAsync(Memory<byte> into) => Input.ReadAsync(into);

    /// <summary>A record of TLS, with its header.</summary>
    public async Task<byte[]> ReadRecordAsync()
    {
        var header = await ReadAsync(5);
        return [.. header, .. await ReadAsync(BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3)))];
    }

    /// <summary>Whether the server has ended the connection and nothing more comes.</summary>
    public async Task<bool> IsAtEndAsync() => await Input.ReadAsync(_one).AsTask().OrFailAsync("the end of the connection") == 0;

    public void Dispose()
    {
        _input?.Dispose();
        _tcp.Dispose();
    }

    private async Task<byte> ReadByteAsync() => (await ReadAsync(1))[0];

    private async Task<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        await Input.ReadExactlyAsync(bytes).AsTask().OrFailAsync("bytes");
        return bytes;
    }
}
