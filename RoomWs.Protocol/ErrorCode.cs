using System.Text.Json.Serialization;

namespace RoomWs.Protocol;

/// <summary>Why a request was refused. A refused request has changed nothing and told nobody.</summary>
public enum ErrorCode
{
    /// <summary>No identity, or one that does not hold (any more).</summary>
    [JsonStringEnumMemberName("UNAUTHORIZED")] Unauthorized,

    /// <summary>The message is malformed, or a field is missing, of the wrong kind, or past its limit; the message names the field.</summary>
    [JsonStringEnumMemberName("VALIDATION_ERROR")] ValidationError,

    /// <summary>There is no such room, member, request or invite.</summary>
    [JsonStringEnumMemberName("NOT_FOUND")] NotFound,

    /// <summary>The room exists, and the caller is no member or its role does not allow the action.</summary>
    [JsonStringEnumMemberName("FORBIDDEN")] Forbidden,

    /// <summary>The room could not be made: its id is taken or a room limit is reached.</summary>
    [JsonStringEnumMemberName("CREATE_FAILED")] CreateFailed,

    /// <summary>The user could not become a member: a member or room limit is reached.</summary>
    [JsonStringEnumMemberName("JOIN_FAILED")] JoinFailed,

    /// <summary>The leave could not be stored; the caller is still a member.</summary>
    [JsonStringEnumMemberName("LEAVE_FAILED")] LeaveFailed,

    /// <summary>The state is not the one the request counted on: a stale <c>ifVersion</c>, a taken slug, a reused idempotencyKey.</summary>
    [JsonStringEnumMemberName("CONFLICT")] Conflict,

    /// <summary>Too many requests; the same request may succeed after <c>retryAfterMs</c>.</summary>
    [JsonStringEnumMemberName("RATE_LIMITED")] RateLimited,

    /// <summary>HELLO asked for a version of the protocol that this server does not speak.</summary>
    [JsonStringEnumMemberName("UNSUPPORTED_PROTOCOL_VERSION")] UnsupportedProtocolVersion,

    /// <summary>There is no request of this type.</summary>
    [JsonStringEnumMemberName("UNKNOWN_TYPE")] UnknownType,

    /// <summary>A fault of the server; the message holds the id under which its log tells more.</summary>
    [JsonStringEnumMemberName("INTERNAL_ERROR")] InternalError,
}
