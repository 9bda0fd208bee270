using System.Text.Json.Serialization;
using RoomWs.Protocol.Live;

namespace RoomWs.Protocol.Messages;

/// <summary>
/// ROOM_MESSAGE, by a member: says something in the room. Replied to with ROOM_MESSAGE_RESPONSE; every other socket of every member gets
/// the ROOM_MESSAGE. The same sender and clientMessageId again: the first reply, with <c>duplicate</c>, and nobody is told.
/// </summary>
[Request(MessageTypes.RoomMessage, "Say something", typeof(SendRoomMessageResponse), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
[Tells(Audience.Others, typeof(RoomMessage))]
[Tells(Audience.Entered + ", where the caller was typing", typeof(RoomTyping))]
public sealed record SendRoomMessage
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>What is said: 1 to ContentLength (10,000) characters.</summary>
    public required string Content { get; init; }

    /// <summary>The client's own name for the message, 1-128 characters, so that sending it again is safe. Kept as long as the message.</summary>
    public string? ClientMessageId { get; init; }

    /// <summary>What kind of message the client takes it for, 1-64 characters; "text" where absent. The server gives it no meaning.</summary>
    public string? MessageType { get; init; }
}

/// <summary>ROOM_MESSAGE_RESPONSE: the message is stored.</summary>
/// <param name="Success">Always true; a refusal is an ERROR.</param>
/// <param name="RoomId">The room.</param>
/// <param name="RoomMessageId">The message's id.</param>
/// <param name="Seq">Its number in the room: 1, 2, 3 … without a gap.</param>
/// <param name="ClientMessageId">The client's own name for it, if it gave one.</param>
/// <param name="Duplicate">Whether it had been sent before.</param>
/// <param name="Timestamp">When it was stored, Unix milliseconds.</param>
[Message(MessageTypes.RoomMessageResponse)]
public sealed record SendRoomMessageResponse(
    bool Success,
    string RoomId,
    string RoomMessageId,
    long Seq,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ClientMessageId,
    bool Duplicate,
    long Timestamp) : ServerMessage;

/// <summary>ROOM_MESSAGE: something was said.</summary>
[Message(MessageTypes.RoomMessage)]
public sealed record RoomMessage : ServerMessage
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>The message's id.</summary>
    public required string RoomMessageId { get; init; }

    /// <summary>The same id again, for clients that know it by this name.</summary>
    public string MessageId => RoomMessageId;

    /// <summary>Its number in the room: 1, 2, 3 … without a gap.</summary>
    public required long Seq { get; init; }

    /// <summary>Who said it.</summary>
    public required string SenderId { get; init; }

    /// <summary>That user's name when it was said.</summary>
    public required string Username { get; init; }

    /// <summary>What was said.</summary>
    public required string Content { get; init; }

    /// <summary>What kind of message the sender took it for.</summary>
    public required string MessageType { get; init; }

    /// <summary>The sender's own name for it, if it gave one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ClientMessageId { get; init; }

    /// <summary>When it was stored, Unix milliseconds.</summary>
    public required long Timestamp { get; init; }
}
