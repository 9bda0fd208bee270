using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Connection;

/// <summary>PING: works before authentication, and costs the server nothing.</summary>
public sealed record Ping;

/// <summary>PONG.</summary>
/// <param name="Timestamp">The server's clock, Unix milliseconds.</param>
public sealed record Pong(long Timestamp) : ServerMessage
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Type => MessageTypes.Pong;
}
