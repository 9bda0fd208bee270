using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Live;

/// <summary>ROOM_EXIT: this socket no longer wants the room's fleeting events; the membership stays. Replied to with ROOM_EXITED, also where it had not entered. Errors: VALIDATION_ERROR.</summary>
public sealed record ExitRoom
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }
}

/// <summary>ROOM_EXITED.</summary>
/// <param name="RoomId">The room.</param>
public sealed record RoomExited(string RoomId) : ServerMessage
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Type => MessageTypes.RoomExited;
}
