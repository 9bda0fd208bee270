using System.Text.Json.Serialization;
using RoomWs.Protocol.Members;

namespace RoomWs.Protocol.Rooms;

/// <summary>
/// ROOM_CREATE, by any user, who becomes OWNER. Replied to with ROOM_CREATED; the sockets of the added members and the creator's
/// other ones get ROOM_MEMBERS_UPDATED. Errors: CREATE_FAILED (id taken, a room or member limit), CONFLICT (slug taken), VALIDATION_ERROR.
/// </summary>
[Request(MessageTypes.RoomCreate, "Make a room", typeof(RoomCreated), Errors = [ErrorCode.CreateFailed, ErrorCode.Conflict])]
[Tells("the added members and the caller", typeof(RoomMembersUpdated))]
public sealed record CreateRoom
{
    /// <summary>The id to use; the server makes one where absent.</summary>
    public string? RoomId { get; init; }

    /// <summary>1 to NameLength characters; the room's id where absent.</summary>
    public string? Name { get; init; }

    /// <summary>An absolute http or https URL.</summary>
    public string? ThumbnailUrl { get; init; }

    /// <summary>A second, speaking name: 3-64 of <c>a-z 0-9 -</c>.</summary>
    public string? Slug { get; init; }

    /// <summary>OPEN where absent.</summary>
    public JoinPolicy? JoinPolicy { get; init; }

    /// <summary>Users who become MEMBER at once. Doubles and the creator are ignored.</summary>
    public IReadOnlyList<string>? MemberIds { get; init; }
}

/// <summary>ROOM_CREATED: a room, whole. Also the reply to ROOM_INFO and ROOM_MEMBERS.</summary>
/// <param name="Room">The room.</param>
/// <param name="MemberDetails">In the reply to ROOM_MEMBERS only: names, pictures and presence, in order of joining.</param>
[Message(MessageTypes.RoomCreated)]
public sealed record RoomCreated(
    Room Room,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<MemberDetail>? MemberDetails = null) : ServerMessage;
