using RoomWs.Protocol.Rooms;

namespace RoomWs.Protocol.Members;

/// <summary>ROOM_MEMBERS, by a member: the room with its members' names, pictures and presence, in a ROOM_CREATED. Exactly one of the fields.</summary>
[Request(MessageTypes.RoomMembers, "Show a room with names, pictures and presence", typeof(RoomCreated), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
public sealed record GetRoomMembers
{
    /// <summary>The room, by its id.</summary>
    public string? RoomId { get; init; }

    /// <summary>The room, by its slug.</summary>
    public string? Slug { get; init; }
}

/// <summary>A member as others see it.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Username">The name that its last token gave; the user id where there was none.</param>
/// <param name="ThumbnailUrl">The picture that its last token gave, or null.</param>
/// <param name="Role">Its role in this room.</param>
/// <param name="JoinedAt">Since when it is a member, Unix milliseconds.</param>
/// <param name="Online">Whether it has an open connection.</param>
public sealed record MemberDetail(string UserId, string Username, string? ThumbnailUrl, RoomRole Role, long JoinedAt, bool Online);
