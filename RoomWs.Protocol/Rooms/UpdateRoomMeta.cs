using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Rooms;

/// <summary>
/// ROOM_UPDATE_META, by OWNER and ADMIN (joinPolicy: OWNER alone). Replied to with ROOM_UPDATED, which every other socket of every
/// member gets too. Errors: NOT_FOUND, FORBIDDEN, CONFLICT (ifVersion, slug taken), VALIDATION_ERROR.
/// </summary>
[Request(MessageTypes.RoomUpdateMeta, "Change name, picture, slug or join policy", typeof(RoomUpdated), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.Conflict], Restriction = "`joinPolicy`: OWNER")]
[Tells(Audience.Others, typeof(RoomUpdated))]
public sealed record UpdateRoomMeta
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>What to change; at least one field.</summary>
    public required RoomMetaPatch Patch { get; init; }

    /// <summary>Apply only if this is the room's present version.</summary>
    public long? IfVersion { get; init; }
}

/// <summary>The fields of a room's meta that a message changes. Absent fields stay as they are.</summary>
public sealed record RoomMetaPatch
{
    /// <summary>1 to NameLength characters; cannot be cleared.</summary>
    [JsonConverter(typeof(OptionalConverter<string>)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<string> Name { get; init; }

    /// <summary>An absolute http or https URL; null clears it.</summary>
    [JsonConverter(typeof(OptionalConverter<string>)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<string> ThumbnailUrl { get; init; }

    /// <summary>3-64 of <c>a-z 0-9 -</c>, unique; null clears it.</summary>
    [JsonConverter(typeof(OptionalConverter<string>)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<string> Slug { get; init; }

    /// <summary>How users get in; OWNER only; cannot be cleared.</summary>
    [JsonConverter(typeof(OptionalConverter<JoinPolicy?>)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<JoinPolicy?> JoinPolicy { get; init; }

    /// <summary>The board that the room shows, or null: in ROOM_UPDATED only, set by ROOM_BOARD_ACTIVATE.</summary>
    [JsonConverter(typeof(OptionalConverter<string>)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<string> ActiveBoardId { get; init; }

    /// <summary>Whether nothing is to be changed.</summary>
    [JsonIgnore]
    public bool IsEmpty => !Name.IsSet && !ThumbnailUrl.IsSet && !Slug.IsSet && !JoinPolicy.IsSet;
}

/// <summary>ROOM_UPDATED: the reply to ROOM_UPDATE_META, and the same to the members' other sockets.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Patch">The fields that changed, with their new values.</param>
/// <param name="Version">The room's version after the change.</param>
/// <param name="UpdatedAt">Unix milliseconds.</param>
[Message(MessageTypes.RoomUpdated)]
public sealed record RoomUpdated(string RoomId, RoomMetaPatch Patch, long Version, long UpdatedAt) : ServerMessage;
