using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Connection;

/// <summary>
/// HELLO: the client's version, identity and capabilities. May be left out where the upgrade carried an identity. A later one
/// with a fresh token of the same user extends the session. Errors: UNSUPPORTED_PROTOCOL_VERSION (then close 1008),
/// UNAUTHORIZED (then close 4003 for a bad token, 4001 for another user's), VALIDATION_ERROR.
/// </summary>
[Request(MessageTypes.Hello, "Say who you are; renew the session; choose capabilities", typeof(HelloAck), Errors = [ErrorCode.Unauthorized, ErrorCode.UnsupportedProtocolVersion])]
public sealed record Hello
{
    /// <summary>The protocol version; 1 is the only one.</summary>
    public required long Version { get; init; }

    /// <summary>A JWT: <c>sub</c> is the user id, <c>name</c> the user name, <c>picture</c> the picture, <c>exp</c> the end.</summary>
    public string? Token { get; init; }

    /// <summary>Development mode only: the user id, instead of a token.</summary>
    public string? UserId { get; init; }

    /// <summary>Development mode only: the user name shown to others; the user id when absent.</summary>
    public string? Username { get; init; }

    /// <summary>
    /// What the client can take beyond the base protocol, see <see cref="Capability"/>. Unknown ones are ignored. In a later HELLO it replaces what an
    /// earlier one named; where it is absent, that holds on.
    /// </summary>
    public IReadOnlyList<string>? Capabilities { get; init; }
}

/// <summary>HELLO_ACK: who the server takes the client for, and what it may do.</summary>
/// <param name="Version">The protocol version in use: 1.</param>
/// <param name="UserId">The identity that every request of this connection acts under.</param>
/// <param name="Username">The name that others see; the user id where the token names none.</param>
/// <param name="ConnectionId">The server's name for this connection, as its log has it.</param>
/// <param name="ServerTime">The server's clock, Unix milliseconds.</param>
/// <param name="ExpiresAt">When the token ends, Unix milliseconds; absent where it does not.</param>
/// <param name="Limits">What the client has to stay under.</param>
/// <param name="Capabilities">Those of the client's capabilities that are in use from now on.</param>
[Message(MessageTypes.HelloAck)]
public sealed record HelloAck(
    int Version,
    string UserId,
    string Username,
    string ConnectionId,
    long ServerTime,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ExpiresAt,
    ClientLimits Limits,
    IReadOnlyList<string> Capabilities) : ServerMessage;

/// <summary>The server's limits that concern a client; 0 means none.</summary>
public sealed record ClientLimits
{
    /// <summary>Bytes of one message; past it the connection is closed with 1009.</summary>
    public required int MessageBytes { get; init; }

    /// <summary>Characters of a room's name.</summary>
    public required int NameLength { get; init; }

    /// <summary>Characters of a chat message.</summary>
    public required int ContentLength { get; init; }

    /// <summary>Boards of one room.</summary>
    public required int BoardsPerRoom { get; init; }

    /// <summary>Bytes of the updates of one board past its last snapshot.</summary>
    public required int BoardBytes { get; init; }

    /// <summary>Cursor positions a second; more are taken out of RequestsPerSecond.</summary>
    public required int CursorsPerSecond { get; init; }

    /// <summary>Characters of a thumbnailUrl.</summary>
    public required int ThumbnailUrlLength { get; init; }

    /// <summary>User ids in one request.</summary>
    public required int UserIdsPerRequest { get; init; }

    /// <summary>Members of one room.</summary>
    public required int MembersPerRoom { get; init; }

    /// <summary>Rooms one user can make and join.</summary>
    public required int RoomsPerUser { get; init; }

    /// <summary>Rooms that others can put one user into.</summary>
    public required int AddedRoomsPerUser { get; init; }

    /// <summary>Connections of one user at a time.</summary>
    public required int ConnectionsPerUser { get; init; }

    /// <summary>Requests a second that a connection can keep up.</summary>
    public required int RequestsPerSecond { get; init; }

    /// <summary>How often a client that cannot see pings, such as a browser, should send PING, in seconds. The server pings a silent client after as long.</summary>
    public required int PingSeconds { get; init; }

    /// <summary>Requests that a connection can send at once after a rest.</summary>
    public required int RequestBurst { get; init; }

    /// <summary>Requests a second that a user can keep up over all its connections; twice as many at once after a rest.</summary>
    public required int UserRequestsPerSecond { get; init; }

    /// <summary>Bytes of messages a second that a user can keep up over all its connections; 16 times as many at once after a rest.</summary>
    public required int UserBytesPerSecond { get; init; }

    /// <summary>Rooms that a user can make in a minute.</summary>
    public required int CreatesPerMinute { get; init; }

    /// <summary>Users that a user can add to rooms in a minute.</summary>
    public required int AddsPerMinute { get; init; }

    /// <summary>Joins, invites, accepted codes, and looks at rooms that it is not in, of one user in a minute, over all its connections.</summary>
    public required int MembershipActionsPerMinute { get; init; }
}
