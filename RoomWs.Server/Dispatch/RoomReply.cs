using System.Text.Json;
using System.Text.Json.Serialization;
using RoomWs.Protocol;
using RoomWs.Server.Model;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// A reply that shows a room. The idempotency record keeps this in place of the reply, whose member list may be a thousand times as long, and a retry
/// gets the room as it is then: the list of the first reply would show it as it no longer is, and maybe to a user who may not see it any more.
/// </summary>
internal sealed record RoomReply
{
    /// <summary>The room whole.</summary>
    public static readonly RoomReply Info = new() { Type = MessageTypes.RoomCreated };

    /// <summary>The member list.</summary>
    public static readonly RoomReply Members = new() { Type = MessageTypes.RoomMembersUpdated };

    /// <summary>The type of the reply. It has a column of its own.</summary>
    [JsonIgnore]
    public string Type { get; private init; } = "";

    /// <summary>Of a ROOM_JOIN_RESPONSE: whether the caller was a member before.</summary>
    [JsonPropertyName("alreadyMember")]
    public bool WasMember { get; init; }

    /// <summary>Of a ROOM_JOIN_RESPONSE: when it was first given.</summary>
    [JsonPropertyName("timestamp")]
    public long Timestamp { get; init; }

    /// <summary>The reply to a user who has become a member.</summary>
    public static RoomReply Joined(long now) => new() { Type = MessageTypes.RoomJoinResponse, Timestamp = now };

    /// <summary>The reply to a user who wanted to join and was a member before.</summary>
    public static RoomReply AlreadyMember(long now) => new() { Type = MessageTypes.RoomJoinResponse, WasMember = true, Timestamp = now };

    /// <summary>Reads what was kept of a reply.</summary>
    public static RoomReply Read(string type, byte[] kept) => JsonSerializer.Deserialize(kept, KeptJson.Default.RoomReply)! with { Type = type };

    /// <summary>What is kept of it, beside its type.</summary>
    public byte[] Keep() => JsonSerializer.SerializeToUtf8Bytes(this, KeptJson.Default.RoomReply);

    /// <summary>
    /// The reply, with the room at this version. Encoded only when it is sent: in a burst of joins into a big room, a batch would otherwise hold one copy of
    /// the room per join.
    /// </summary>
    public OutboundMessage Of(RoomSnapshot room) => Type switch
    {
        MessageTypes.RoomCreated => room.Info,
        MessageTypes.RoomMembersUpdated => room.MembersUpdated,
        MessageTypes.RoomJoinResponse => new OutboundMessage(Type, expectedBytes: 0, () => room.ToJoinResponse(WasMember, Timestamp)),
        _ => throw new InvalidOperationException($"{Type} is no reply that shows a room."),
    };
}

/// <summary>How what is kept of a reply is written.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(RoomReply))]
internal sealed partial class KeptJson : JsonSerializerContext;
