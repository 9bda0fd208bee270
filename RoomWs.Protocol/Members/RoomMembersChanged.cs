namespace RoomWs.Protocol.Members;

/// <summary>
/// ROOM_MEMBERS_CHANGED: what one or several changes in a row did to the members of a room, for a client with the capability
/// MEMBER_DELTAS. It says how every user whom it names ended up. So it fits a list of any version from <see cref="FromVersion"/> on; a client
/// whose list is older has missed something, and reads the room again by ROOM_INFO.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="FromVersion">The room's version before the first of the changes.</param>
/// <param name="Version">The room's version after the last of them.</param>
/// <param name="UpdatedAt">Unix milliseconds, of the last of them.</param>
/// <param name="Added">Those who became members and still are, in order of joining; they come behind all who were members before.</param>
/// <param name="Removed">Those who are no members any more.</param>
/// <param name="Roles">The role of each of the others whose role was changed.</param>
[Message(MessageTypes.RoomMembersChanged, InPlaceOf = typeof(RoomMembersUpdated))]
public sealed record RoomMembersChanged(
    string RoomId,
    long FromVersion,
    long Version,
    long UpdatedAt,
    IReadOnlyList<AddedMember> Added,
    IReadOnlyList<string> Removed,
    IReadOnlyDictionary<string, RoomRole> Roles) : ServerMessage;

/// <summary>A user who became a member.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Role">Its role now.</param>
public sealed record AddedMember(string UserId, RoomRole Role);
