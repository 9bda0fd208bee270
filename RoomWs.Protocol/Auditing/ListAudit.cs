using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Auditing;

/// <summary>ROOM_AUDIT_LIST, by OWNER and ADMIN: who changed what in the room, newest first, in a ROOM_AUDIT_LIST_RESPONSE.</summary>
[Request(MessageTypes.RoomAuditList, "Read who changed what", typeof(AuditListResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
public sealed record ListAudit
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>How many at most: 1-200, 50 where absent.</summary>
    public int? Limit { get; init; }

    /// <summary>The <c>nextCursor</c> of the page before.</summary>
    public string? Cursor { get; init; }
}

/// <summary>ROOM_AUDIT_LIST_RESPONSE: a page of a room's changes.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Entries">Its changes, newest first.</param>
/// <param name="NextCursor">Give it back for the next page, which holds older ones; absent on the last.</param>
[Message(MessageTypes.RoomAuditListResponse)]
public sealed record AuditListResponse(
    string RoomId,
    IReadOnlyList<AuditEntry> Entries,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextCursor) : ServerMessage;

/// <summary>A change that was made to a room.</summary>
public sealed record AuditEntry
{
    /// <summary>When it was made, Unix milliseconds.</summary>
    public required long At { get; init; }

    /// <summary>Who made it.</summary>
    public required string UserId { get; init; }

    /// <summary>The type of the request that made it.</summary>
    public required string Action { get; init; }

    /// <summary>The room's version after it.</summary>
    public required long Version { get; init; }

    /// <summary>The users whom it was done to, others than <see cref="UserId"/>; empty where there are none.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>What it was about: the role given, the names of the fields changed, the id of an invite, a join request or a board; or null.</summary>
    public string? Detail { get; init; }
}
