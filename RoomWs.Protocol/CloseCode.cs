namespace RoomWs.Protocol;

/// <summary>The WebSocket close codes that the server uses, and what a client should make of each.</summary>
public enum CloseCode
{
    /// <summary>The client asked for the close; it is answered in kind.</summary>
    Normal = 1000,

    /// <summary>The server is shutting down. Reconnect after the delay that SERVER_DRAINING gave.</summary>
    GoingAway = 1001,

    /// <summary>A frame broke RFC 6455.</summary>
    ProtocolError = 1002,

    /// <summary>A binary message; the protocol is text alone.</summary>
    BinaryMessage = 1003,

    /// <summary>A text message that is not UTF-8.</summary>
    NotUtf8 = 1007,

    /// <summary>A rule was broken: an unsupported version, or too many connections of one user.</summary>
    PolicyViolation = 1008,

    /// <summary>A message past the MessageBytes limit.</summary>
    MessageTooBig = 1009,

    /// <summary>A fault of the server.</summary>
    InternalError = 1011,

    /// <summary>No identity in time, or a HELLO for another user.</summary>
    Unauthorized = 4001,

    /// <summary>The token expired on the open socket. Reconnect with a fresh one.</summary>
    TokenExpired = 4002,

    /// <summary>The token does not hold. Reconnecting with the same one is pointless.</summary>
    InvalidToken = 4003,

    /// <summary>Requests kept coming over the rate limit. Slow down before reconnecting.</summary>
    RateAbuse = 4008,

    /// <summary>The client read too slowly for what it was sent. Reconnect and read the state anew.</summary>
    SlowConsumer = 4009,
}
