using RoomWs.Protocol.Members;
using RoomWs.Protocol.Messages;
using RoomWs.Protocol.Rooms;

namespace RoomWs.Protocol.Live;

/// <summary>
/// ROOM_ENTER, by a member: this socket wants the room's fleeting events too - cursors, typing, board updates. Replied to with
/// ROOM_STATE. Ends with ROOM_EXIT, the connection, the membership or the room.
/// </summary>
[Request(MessageTypes.RoomEnter, "See the room live on this socket", typeof(RoomState), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden])]
[Tells(Audience.Entered + " and this one, where there are cursors", typeof(RoomCursors))]
public sealed record EnterRoom
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }
}

/// <summary>ROOM_STATE: everything that a client needs to show the room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Epoch">The room's epoch.</param>
/// <param name="Room">The room, whole.</param>
/// <param name="Members">Its members, in order of joining.</param>
/// <param name="Cursors">Where cursors are.</param>
/// <param name="Typing">Who is typing.</param>
/// <param name="RecentMessages">The last 50 messages, or as many of them as hold 262,144 bytes, by rising number.</param>
/// <param name="Board">The active board, or null.</param>
[Message(MessageTypes.RoomState)]
public sealed record RoomState(
    string RoomId,
    string Epoch,
    Room Room,
    IReadOnlyList<RoomStateMember> Members,
    IReadOnlyList<Cursor> Cursors,
    IReadOnlyList<TypingUser> Typing,
    IReadOnlyList<RoomMessage> RecentMessages,
    ActiveBoard? Board) : ServerMessage;

/// <summary>A member, as ROOM_STATE shows it.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Username">Its name.</param>
/// <param name="Role">Its role.</param>
/// <param name="Online">Whether it is there.</param>
public sealed record RoomStateMember(string UserId, string Username, RoomRole Role, bool Online);

/// <summary>Somebody who is typing.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Username">Its name.</param>
public sealed record TypingUser(string UserId, string Username);

/// <summary>The board that the room shows.</summary>
/// <param name="BoardId">The board.</param>
/// <param name="Seq">The number of its last update.</param>
public sealed record ActiveBoard(string BoardId, long Seq);
