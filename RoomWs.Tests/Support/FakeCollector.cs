using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace RoomWs.Tests.Support;

/// <summary>Takes what an OTLP exporter posts over HTTP, and says that all is well.</summary>
internal sealed class FakeCollector : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<(string RequestLine, string Body)> _received = Channel.CreateUnbounded<(string, string)>();

    private int _failures;

    /// <summary>Starts to listen.</summary>
    /// <param name="failures">How many of the first exports it refuses.</param>
    public FakeCollector(int failures = 0)
    {
        _failures = failures;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The next request: its first line, and its body, whose names are readable as they are.</summary>
    public async Task<(string RequestLine, string Body)> NextAsync() => await _received.Reader.ReadAsync();

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        await using var stream = client.GetStream();
        try
        {
            while (await ReadHeadAsync(stream) is { } head)
            {
                var length = head.Split("\r\n").Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1];
                var body = new byte[int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)];
                await stream.ReadExactlyAsync(body);
                var status = Interlocked.Decrement(ref _failures) >= 0 ? "404 Not Found" : "200 OK";
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"));
                _received.Writer.TryWrite((head.Split("\r\n")[0], Encoding.Latin1.GetString(body)));
            }
        }
        catch (IOException)
        {
            // The server has ended.
        }
    }

    private static async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0) return null;
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
