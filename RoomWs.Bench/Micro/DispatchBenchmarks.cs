using BenchmarkDotNet.Attributes;

namespace RoomWs.Bench.Micro;

/// <summary>Measures reading an envelope, and whole requests from their frame to the frame of the reply.</summary>
[MemoryDiagnoser]
public class DispatchBenchmarks
{
    private static readonly byte[] Envelope = [.. "{\"type\":\"ROOM_INFO\",\"correlationId\":\"c1\",\"roomId\":\"lobby\"}"u8];

    private readonly byte[] _ping = InMemoryClient.Message("""{"type":"PING","correlationId":"c1"}""");
    private readonly byte[] _info = InMemoryClient.Message("""{"type":"ROOM_INFO","correlationId":"c1","roomId":"lobby"}""");
    private InMemoryServer? _server;
    private InMemoryClient? _client;

    [GlobalSetup]
    public void Connect()
    {
        _server = new InMemoryServer();
        _client = _server.Connect("alice");
        _client.Ask(InMemoryClient.Message("""{"type":"ROOM_CREATE","roomId":"lobby","memberIds":["b","c","d","e","f","g","h","i","j"]}"""));
    }

    [GlobalCleanup]
    public void End() => _server!.Dispose();

    [Benchmark]
    public string ReadEnvelope()
    {
        _ = Server.Dispatch.Envelope.Read(Envelope, out var envelope);
        return envelope.Type;
    }

    [Benchmark]
    public long Ping() => _client!.Ask(_ping);

    [Benchmark]
    public long RoomInfo() => _client!.Ask(_info);
}
