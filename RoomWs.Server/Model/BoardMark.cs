namespace RoomWs.Server.Model;

/// <summary>What a board mark says.</summary>
internal enum BoardMarkKind
{
    /// <summary>Updates of a board were sent.</summary>
    Seen,

    /// <summary>The board is gone.</summary>
    BoardGone,

    /// <summary>The room is gone.</summary>
    RoomGone,
}

/// <summary>What a socket has seen of boards by a message, or has to forget once it has it. Immutable.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="RoomId">The room.</param>
/// <param name="Epoch">The board's epoch, which no other board has. Null where the room is gone.</param>
/// <param name="First">The first update that was sent. 1 where a snapshot stands for those from the beginning.</param>
/// <param name="Last">The last update that was sent, or that a snapshot stands for.</param>
internal sealed record BoardMark(BoardMarkKind Kind, string RoomId, string? Epoch, long First, long Last)
{
    public static BoardMark Seen(string roomId, string epoch, long first, long last) => new(BoardMarkKind.Seen, roomId, epoch, first, last);

    public static BoardMark BoardGone(string roomId, string epoch) => new(BoardMarkKind.BoardGone, roomId, epoch, 0, 0);

    public static BoardMark RoomGone(string roomId) => new(BoardMarkKind.RoomGone, roomId, null, 0, 0);
}
