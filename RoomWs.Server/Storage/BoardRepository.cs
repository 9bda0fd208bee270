using System.Data.Common;
using Dapper;
using RoomWs.Protocol.Boards;

namespace RoomWs.Server.Storage;

/// <summary>A board with its snapshots.</summary>
internal sealed record StoredBoard
{
    public long Number { get; init; }

    public required string BoardId { get; init; }

    public required string Epoch { get; init; }

    public required string Name { get; init; }

    public required string CreatedBy { get; init; }

    public long CreatedAt { get; init; }

    public long Seq { get; init; }

    public long SnapshotSeq { get; init; }

    public string? SnapshotPayload { get; init; }

    public long PreviousSeq { get; init; }

    public string? PreviousPayload { get; init; }

    /// <summary>The last snapshot. Null if there was none.</summary>
    public BoardSnapshot? Snapshot => SnapshotPayload is { } payload ? new BoardSnapshot(SnapshotSeq, payload) : null;

    /// <summary>The snapshot before the last. Null if there was none.</summary>
    public BoardSnapshot? PreviousSnapshot => PreviousPayload is { } payload ? new BoardSnapshot(PreviousSeq, payload) : null;
}

/// <summary>What is read of boards beside the writer.</summary>
internal sealed class BoardRepository(DbConnection connection)
{
    private sealed class UpdateRow
    {
        public long Seq { get; init; }

        public required string UserId { get; init; }

        public required string Payload { get; init; }
    }

    private const string InRoom = "room_number = (SELECT number FROM rooms WHERE id = @roomId)";

    public StoredBoard? Find(string roomId, string boardId) => connection.QueryFirstOrDefault<StoredBoard>(
        $"""
        SELECT number, board_id, epoch, name, created_by, created_at, seq, snapshot_seq, snapshot_payload, previous_seq, previous_payload
        FROM boards WHERE {InRoom} AND board_id = @boardId
        """,
        new { roomId, boardId });

    /// <summary>The boards of a room behind a board, in order of creation, and of their ids where that is the same.</summary>
    public IEnumerable<Board> OldestFirst(string roomId, long afterCreatedAt, string afterBoardId, int limit) => connection.Query<Board>(
        $"""
        SELECT board_id, epoch, name, seq, created_by, created_at FROM boards
        WHERE {InRoom} AND (created_at, board_id) > (@afterCreatedAt, @afterBoardId)
        ORDER BY created_at, board_id LIMIT @limit
        """,
        new { roomId, afterCreatedAt, afterBoardId, limit });

    /// <summary>The updates after a seq, in order of seq.</summary>
    public IEnumerable<BoardUpdate> Updates(long board, long afterSeq, int limit) => connection.Query<UpdateRow>(
        """
        SELECT seq, user_id, payload FROM board_updates
        WHERE board_number = @board AND seq > @afterSeq
        ORDER BY seq LIMIT @limit
        """,
        new { board, afterSeq, limit },
        buffered: false).Select(row => new BoardUpdate(row.Seq, row.UserId, row.Payload));
}
