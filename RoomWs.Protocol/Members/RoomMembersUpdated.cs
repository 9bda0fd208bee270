namespace RoomWs.Protocol.Members;

/// <summary>
/// ROOM_MEMBERS_UPDATED: who is in the room, whole. Holds everything that older ones of the same room held, so a client that missed
/// some is right again with the newest. A user who is not in <see cref="Members"/> is no member any more.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="Members">User ids in order of joining.</param>
/// <param name="Roles">The role of each member.</param>
/// <param name="Version">The room's version after the change.</param>
/// <param name="UpdatedAt">Unix milliseconds.</param>
/// <param name="Name">The room's name, for a user who has just become a member.</param>
/// <param name="ThumbnailUrl">The room's picture, likewise, or null.</param>
[Message(MessageTypes.RoomMembersUpdated)]
public sealed record RoomMembersUpdated(
    string RoomId,
    IReadOnlyList<string> Members,
    IReadOnlyDictionary<string, RoomRole> Roles,
    long Version,
    long UpdatedAt,
    string Name,
    string? ThumbnailUrl) : ServerMessage;
