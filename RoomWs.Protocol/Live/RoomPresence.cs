using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Live;

/// <summary>Whether a user is online.</summary>
public enum PresenceStatus
{
    /// <summary>The user has a connection, or had one in the last 1.2 s.</summary>
    [JsonStringEnumMemberName("ONLINE")] Online,

    /// <summary>The user has had no connection for 1.2 s.</summary>
    [JsonStringEnumMemberName("OFFLINE")] Offline,
}

/// <summary>
/// ROOM_PRESENCE, to the sockets of the other members of a user's rooms: its first connection came, or its last went and none came back
/// within 1.2 s. Not in rooms of more than PresenceMembers members; there, <c>online</c> in ROOM_STATE and ROOM_MEMBERS tells.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="UserId">Who.</param>
/// <param name="Username">That user's name.</param>
/// <param name="Status">Whether it is there now.</param>
/// <param name="At">Since when, Unix milliseconds.</param>
[Message(MessageTypes.RoomPresence, IsUnasked = true)]
public sealed record RoomPresence(string RoomId, string UserId, string Username, PresenceStatus Status, long At) : ServerMessage;
