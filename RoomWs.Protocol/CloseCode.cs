namespace RoomWs.Protocol;

/// <summary>The WebSocket close codes of the server, and what a client should do about each.</summary>
public enum CloseCode
{
    /// <summary>The answer to a close of the client.</summary>
    Normal = 1000,

    /// <summary>The server is shutting down. Reconnect after the delay that SERVER_DRAINING gave.</summary>
    GoingAway = 1001,

    /// <summary>A frame broke RFC 6455.</summary>
    ProtocolError = 1002,

    /// <summary>The client sent a binary message. All messages are text.</summary>
    BinaryMessage = 1003,

    /// <summary>The client sent a text message that is not UTF-8.</summary>
    NotUtf8 = 1007,

    /// <summary>HELLO asked for an unsupported version, the user has too many connections, or a message in pieces was empty in between, in too many, or did not end.</summary>
    PolicyViolation = 1008,

    /// <summary>The client sent a message over the MessageBytes limit.</summary>
    MessageTooBig = 1009,

    /// <summary>A fault of the server. This version never sends it.</summary>
    InternalError = 1011,

    /// <summary>The node has lost the database, or its place in the order of changes. Reconnect at once, and go on with RESUME.</summary>
    ServiceRestart = 1012,

    /// <summary>The client did not identify itself in time, or sent a HELLO for another user.</summary>
    Unauthorized = 4001,

    /// <summary>The token expired on the open socket. Reconnect with a fresh one.</summary>
    TokenExpired = 4002,

    /// <summary>The token is not valid. Do not reconnect with the same one.</summary>
    InvalidToken = 4003,

    /// <summary>Too much of what the client sent was over the rate limit. Slow down before reconnecting.</summary>
    RateAbuse = 4008,

    /// <summary>The client read too slowly, and its outbox was full. Reconnect and read the state again.</summary>
    SlowConsumer = 4009,
}
