using System.Text.Json.Serialization;

namespace RoomWs.Protocol;

/// <summary>
/// Anything the server sends. On the wire its fields stand beside <c>type</c> and, in a reply, the request's
/// <c>correlationId</c>; the records hold the fields alone.
/// </summary>
public abstract record ServerMessage
{
    /// <summary>The wire name, one of <see cref="MessageTypes"/>.</summary>
    [JsonIgnore]
    public abstract string Type { get; }
}
