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

    public static ErrorReply WrongSeq(long seq, long snapshotSeq, long lastSeq) => new(
        ErrorCode.Conflict,
        $"seq is {seq}, but a snapshot now has to be past {snapshotSeq}, the last one, and not past {lastSeq}, the last update.");
}
