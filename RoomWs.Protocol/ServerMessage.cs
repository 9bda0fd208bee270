using System.Collections.Concurrent;
using System.Text.Json.Serialization;

namespace RoomWs.Protocol;

/// <summary>
/// Anything the server sends. On the wire its fields stand beside <c>type</c> and, in a reply, the request's
/// <c>correlationId</c>; the records hold the fields alone.
/// </summary>
public abstract record ServerMessage
{
    // Every message that goes out is asked for its name, and reading an attribute is slow.
    private static readonly ConcurrentDictionary<Type, string> Names = new();

    /// <summary>The wire name, one of <see cref="MessageTypes"/>, as the record's <see cref="MessageAttribute"/> has it.</summary>
    [JsonIgnore]
    public string Type => Names.GetOrAdd(GetType(), static message => MessageAttribute.Of(message).Type);
}
