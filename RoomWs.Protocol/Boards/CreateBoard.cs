namespace RoomWs.Protocol.Boards;

/// <summary>
/// ROOM_BOARD_CREATE, by a member: a new board, empty. Replied to with ROOM_BOARD_CREATED, which every other socket of every member
/// gets too. Errors: NOT_FOUND, FORBIDDEN, CREATE_FAILED (the id is taken, or BoardsPerRoom), VALIDATION_ERROR.
/// </summary>
[Request(MessageTypes.RoomBoardCreate, "Make a board", typeof(BoardCreated), Errors = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.CreateFailed])]
[Tells(Audience.Others, typeof(BoardCreated))]
public sealed record CreateBoard
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>The id to use, as of a room; the server makes one where absent.</summary>
    public string? BoardId { get; init; }

    /// <summary>1 to NameLength characters; the board's id where absent.</summary>
    public string? Name { get; init; }
}

/// <summary>ROOM_BOARD_CREATED.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Board">The board.</param>
[Message(MessageTypes.RoomBoardCreated)]
public sealed record BoardCreated(string RoomId, Board Board) : ServerMessage;

/// <summary>A board, without its content.</summary>
public sealed record Board
{
    /// <summary>The board.</summary>
    public required string BoardId { get; init; }

    /// <summary>Made with the board, and again when its server is restored from a backup. Numbers of updates that were read under another one mean nothing.</summary>
    public required string Epoch { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The number of its last update; 0 where there was none.</summary>
    public required long Seq { get; init; }

    /// <summary>The user id of its maker.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long CreatedAt { get; init; }
}
