using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Connection;

/// <summary>ERROR: the one reply to a request that was refused.</summary>
/// <param name="Code">What a program should act on.</param>
/// <param name="Message">What a developer should read: names the field, the limit or the way out. The wording may change.</param>
/// <param name="RetryAfterMs">RATE_LIMITED only: after how many milliseconds to try again.</param>
/// <param name="Version">CONFLICT over <c>ifVersion</c> only: the room's present version.</param>
/// <param name="Reason">A stable word for the cause, where several causes share a code; else absent.</param>
[Message(MessageTypes.Error, IsUnasked = true)]
public sealed record ErrorReply(
    ErrorCode Code,
    string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? RetryAfterMs = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Version = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null) : ServerMessage;

/// <summary>SERVER_DRAINING: the server is about to close this connection with 1001. Sent unasked.</summary>
/// <param name="ReconnectAfterMs">When to come back, in milliseconds: random for each connection, so that not all do at once.</param>
[Message(MessageTypes.ServerDraining, IsUnasked = true)]
public sealed record ServerDraining(long ReconnectAfterMs) : ServerMessage;
