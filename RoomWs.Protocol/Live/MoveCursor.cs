using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Live;

/// <summary>
/// ROOM_CURSOR, by a socket that has entered the room: where its user's cursor is. No reply but ERROR: NOT_FOUND, FORBIDDEN (not
/// entered), VALIDATION_ERROR. Sent faster than others are told, older positions are lost, never the last.
/// </summary>
[Request(MessageTypes.RoomCursor, "Say where your cursor is", Errors = [ErrorCode.Forbidden], Restriction = "on a socket that has entered")]
[Tells(Audience.Entered, typeof(RoomCursors))]
public sealed record MoveCursor
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Across, in whatever unit the clients agree on; finite.</summary>
    public required double X { get; init; }

    /// <summary>Down, likewise.</summary>
    public required double Y { get; init; }
}

/// <summary>ROOM_CURSORS, to the other sockets that have entered: the cursors that moved, at most every 33 ms.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Cursors">The newest position of each cursor that moved.</param>
/// <param name="Gone">Users who have no cursor in the room any more; absent where there are none.</param>
[Message(MessageTypes.RoomCursors)]
public sealed record RoomCursors(
    string RoomId,
    IReadOnlyList<Cursor> Cursors,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Gone) : ServerMessage;

/// <summary>Where a user's cursor is.</summary>
/// <param name="UserId">The user.</param>
/// <param name="X">Across.</param>
/// <param name="Y">Down.</param>
/// <param name="Ts">When the server heard of it, Unix milliseconds.</param>
public sealed record Cursor(string UserId, double X, double Y, long Ts);
