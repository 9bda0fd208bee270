namespace RoomWs.Protocol.Connection;

/// <summary>PING: works before authentication, and costs the server nothing.</summary>
[Request(MessageTypes.Ping, "See whether the connection lives", typeof(Pong))]
public sealed record Ping;

/// <summary>PONG.</summary>
/// <param name="Timestamp">The server's clock, Unix milliseconds.</param>
[Message(MessageTypes.Pong)]
public sealed record Pong(long Timestamp) : ServerMessage;
