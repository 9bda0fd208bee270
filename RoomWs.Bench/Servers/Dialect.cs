using RoomWs.Bench.Load;

namespace RoomWs.Bench.Servers;

/// <summary>How the work is said to one kind of server, as text messages. What they ask for is the same for all.</summary>
internal sealed class Dialect
{
    public const string Room = "bench";

    /// <summary>46 characters, 9 of which are the number of the message.</summary>
    private const string Content = $"Shall we meet at the harbour at noon {NumberedMessage.Placeholder}";

    private const char RecordEnd = '\u001e';

    private Dialect(string path) => Path = path;

    public static Dialect RoomWs { get; } = new("/ws?user=")
    {
        Greeting = ["""{"type":"HELLO","version":1}"""],
        // The sender has its own message when it has the reply, which carries the correlationId; the others have the content.
        Chat = $$"""{"type":"ROOM_MESSAGE","correlationId":"{{NumberedMessage.Placeholder}}","roomId":"{{Room}}","content":"{{Content}}"}""",
        Info = $$"""{"type":"ROOM_INFO","correlationId":1,"roomId":"{{Room}}"}""",
    };

    public static Dialect SignalR { get; } = new("/hub?user=")
    {
        Greeting = [$$"""{"protocol":"json","version":1}{{RecordEnd}}"""],
        Join = $$"""{"type":1,"invocationId":"0","target":"Join","arguments":["{{Room}}"]}{{RecordEnd}}""",
        Chat = $$"""{"type":1,"target":"Chat","arguments":["{{Room}}","{{Content}}"]}{{RecordEnd}}""",
        Info = $$"""{"type":1,"invocationId":"1","target":"Info","arguments":["{{Room}}"]}{{RecordEnd}}""",
        Heartbeat = [.. "{\"type\":6}\u001e"u8],
        HeartbeatReply = Frame.FromClient(Frame.Text, "{\"type\":6}\u001e"u8),
    };

    public static Dialect SocketIo { get; } = new("/socket.io/?EIO=4&transport=websocket&user=")
    {
        ServerSpeaksFirst = true,
        Greeting = ["40"],
        Join = $"""420["join","{Room}"]""",
        Chat = $"""42["chat","{Room}","{Content}"]""",
        Info = $"""421["info","{Room}"]""",
        Heartbeat = [.. "2"u8],
        HeartbeatReply = Frame.FromClient(Frame.Text, "3"u8),
    };

    public static Dialect Ws { get; } = new("/?user=")
    {
        Greeting = ["""{"type":"HELLO"}"""],
        Join = $$"""{"type":"JOIN","roomId":"{{Room}}"}""",
        Chat = $$"""{"type":"CHAT","roomId":"{{Room}}","content":"{{Content}}"}""",
        Info = $$"""{"type":"INFO","roomId":"{{Room}}"}""",
    };

    /// <summary>What each reply to <see cref="Info"/> holds once.</summary>
    public static ReadOnlySpan<byte> InfoMark => "createdBy"u8;

    public string Path { get; }

    /// <summary>Whether the greeting begins only when the server has sent something.</summary>
    public bool ServerSpeaksFirst { get; private init; }

    /// <summary>What makes a client known to the server; each is answered.</summary>
    public required IReadOnlyList<string> Greeting { get; init; }

    /// <summary>What takes a client into the room; null where the room is made with its members.</summary>
    public string? Join { get; private init; }

    public required string Chat { get; init; }

    public required string Info { get; init; }

    /// <summary>The frame that answers <see cref="Heartbeat"/>.</summary>
    public byte[] HeartbeatReply { get; private init; } = [];

    /// <summary>What the server sends to hear whether the client is still there; empty where it uses WebSocket pings or none.</summary>
    private byte[] Heartbeat { get; init; } = [];

    public string PathOf(string user) => Path + user;

    /// <summary>Whether a message only asks whether the client is still there.</summary>
    public bool IsHeartbeat(ReadOnlySpan<byte> payload) => Heartbeat.Length > 0 && payload.SequenceEqual(Heartbeat);
}
