using RoomWs.Protocol;
using RoomWs.Protocol.Connection;

namespace RoomWs.Server.Features.Boards;

/// <summary>The refusals that commands about boards share.</summary>
internal static class BoardErrors
{
    public static readonly ErrorReply NotFound = new(ErrorCode.NotFound, "There is no such board in the room.");

    public static readonly ErrorReply Taken = new(ErrorCode.CreateFailed, "boardId is taken by another board of the room.");

    public static readonly ErrorReply Active = new(ErrorCode.Conflict, "The board is the room's active one; activate another, or null, first.");

    public static ErrorReply TooMany(int limit) => new(ErrorCode.CreateFailed, $"The room can have at most {limit} boards (BoardsPerRoom).");

    public static readonly ErrorReply NoPrevious = new(ErrorCode.NotFound, "The board has no snapshot before its last one.");

    public static ErrorReply Full(int maxBytes) => new(
        ErrorCode.Conflict,
        $"The updates past the board's last snapshot have {maxBytes} bytes already, or would have more (BoardBytes); send ROOM_BOARD_SNAPSHOT first.",
        Reason: "SNAPSHOT_NEEDED");

    public static ErrorReply Unseen(long seq, long seen) => new(
        ErrorCode.Conflict,
        $"seq is {seq}, but this connection was sent the board up to {seen}; read on with ROOM_BOARD_STATE first.",
        Reason: "SNAPSHOT_UNSEEN");

    public static ErrorReply WrongSeq(long seq, long snapshotSeq, long lastSeq) => new(
        ErrorCode.Conflict,
        $"seq is {seq}, but a snapshot now has to be past {snapshotSeq}, the last one, and not past {lastSeq}, the last update.");
}
