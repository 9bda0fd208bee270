using BenchmarkDotNet.Attributes;

namespace RoomWs.Bench.Micro;

/// <summary>Measures queueing frames on a connection and draining them, until the last byte is where a socket would read it.</summary>
[MemoryDiagnoser]
public class OutboxBenchmarks
{
    private readonly byte[] _message = [.. "{\"type\":\""u8, .. Enumerable.Repeat((byte)'x', 300), .. "\"}"u8];
    private InMemoryServer? _server;
    private InMemoryClient? _client;
    private long _frameBytes;

    [Params(1, 64)]
    public int Frames { get; set; }

    [GlobalSetup]
    public void Connect()
    {
        _server = new InMemoryServer();
        _client = _server.Connect("alice");
        _server.Connection.Send(_message);
        _frameBytes = _client.ReceiveSome();
    }

    [GlobalCleanup]
    public void End() => _server!.Dispose();

    [Benchmark]
    public long EnqueueAndDrain()
    {
        var connection = _server!.Connection;
        for (var i = 0; i < Frames; i++) connection.Send(_message);
        long received = 0;
        while (received < Frames * _frameBytes) received += _client!.ReceiveSome();
        return received;
    }
}
