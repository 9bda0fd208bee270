using System.Text.Json.Serialization;

namespace RoomWs.Protocol;

/// <summary>Why a request was refused. A refused request has changed nothing, and nobody else was told.</summary>
public enum ErrorCode
{
    /// <summary>There is no identity, or it is not valid, or no longer.</summary>
    [JsonStringEnumMemberName("UNAUTHORIZED")] Unauthorized,

    /// <summary>The request is malformed, or a field is missing, of the wrong type, or over its limit. The error text names the field.</summary>
    [JsonStringEnumMemberName("VALIDATION_ERROR")] ValidationError,

    /// <summary>There is no such room, member, join request, invite or board.</summary>
    [JsonStringEnumMemberName("NOT_FOUND")] NotFound,

    /// <summary>The room exists, but the caller is not a member, its role does not allow the action, or its socket has not entered the room.</summary>
    [JsonStringEnumMemberName("FORBIDDEN")] Forbidden,

    /// <summary>The room or board could not be created: its id is taken, or a limit is reached.</summary>
    [JsonStringEnumMemberName("CREATE_FAILED")] CreateFailed,

    /// <summary>The user could not become a member: the limit of members per room or of rooms per user is reached.</summary>
    [JsonStringEnumMemberName("JOIN_FAILED")] JoinFailed,

    /// <summary>The leave could not be stored; the caller is still a member.</summary>
    [JsonStringEnumMemberName("LEAVE_FAILED")] LeaveFailed,

    /// <summary>The request does not fit the current state, for example a stale <c>ifVersion</c>, a taken slug, or a reused idempotencyKey.</summary>
    [JsonStringEnumMemberName("CONFLICT")] Conflict,

    /// <summary>Too many requests; the same request may succeed after <c>retryAfterMs</c>.</summary>
    [JsonStringEnumMemberName("RATE_LIMITED")] RateLimited,

    /// <summary>HELLO asked for a protocol version that this server does not support.</summary>
    [JsonStringEnumMemberName("UNSUPPORTED_PROTOCOL_VERSION")] UnsupportedProtocolVersion,

    /// <summary>There is no request of this type.</summary>
    [JsonStringEnumMemberName("UNKNOWN_TYPE")] UnknownType,

    /// <summary>A fault of the server. The error text holds a log id, under which the server's log has the cause.</summary>
    [JsonStringEnumMemberName("INTERNAL_ERROR")] InternalError,
}
