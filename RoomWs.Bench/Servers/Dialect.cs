using RoomWs.Bench.Load;

namespace RoomWs.Bench.Servers;

/// <summary>The text messages that one kind of server understands. All dialects ask for the same work.</summary>
internal sealed class Dialect
{
    public const string Room = "bench";

    /// <summary>46 characters, of which the last 9 are the message's number.</summary>
    public const string Content = $"Shall we meet at the harbour at noon {NumberedMessage.Placeholder}";

    private const char RecordEnd = '\u001e';

    private Dialect(string path) => Path = path;

    public static Dialect RoomWs { get; } = new("/ws?user=")
    {
        Greeting = ["""{"type":"HELLO","version":1}"""],
        // The number is in the correlationId too: the sender gets only the reply, which has that, while the others get the content.
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

    /// <summary>A text that each reply to <see cref="Info"/> holds exactly once.</summary>
    public static ReadOnlySpan<byte> InfoMark => "createdBy"u8;

    public string Path { get; }

    /// <summary>Whether the client must wait for a message of the server before its greeting.</summary>
    public bool ServerSpeaksFirst { get; private init; }

    /// <summary>The messages that introduce a client to the server. Each of them is answered.</summary>
    public required IReadOnlyList<string> Greeting { get; init; }

    /// <summary>The message that joins the room; null if the room is created with its members.</summary>
    public string? Join { get; private init; }

    public required string Chat { get; init; }

    public required string Info { get; init; }

    /// <summary>The frame that answers <see cref="Heartbeat"/>.</summary>
    public byte[] HeartbeatReply { get; private init; } = [];

    /// <summary>The message by which the server checks that the client is alive; empty if it uses WebSocket pings or none.</summary>
    private byte[] Heartbeat { get; init; } = [];

    public string PathOf(string user) => Path + user;

    /// <summary>Whether a message is a <see cref="Heartbeat"/>.</summary>
    public bool IsHeartbeat(ReadOnlySpan<byte> payload) => Heartbeat.Length > 0 && payload.SequenceEqual(Heartbeat);
}
