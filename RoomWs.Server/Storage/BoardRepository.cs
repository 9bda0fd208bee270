using System.Data.Common;
using Dapper;
using RoomWs.Protocol.Boards;

namespace RoomWs.Server.Storage;

/// <summary>A row of the boards table.</summary>
internal sealed record StoredBoard
{
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

/// <summary>An update's place: its seq, and the board's epoch, without which that means nothing.</summary>
internal sealed record BoardPlace
{
    public required string Epoch { get; init; }

    public long Seq { get; init; }
}

/// <summary>All SQL about boards, their updates and their snapshots.</summary>
internal sealed class BoardRepository(DbConnection connection)
{
    private sealed class UpdateRow
    {
        public long Seq { get; init; }

        public required string UserId { get; init; }

        public required string Payload { get; init; }
    }

    public StoredBoard? Find(string roomId, string boardId) => connection.QueryFirstOrDefault<StoredBoard>(
        """
        SELECT board_id, epoch, name, created_by, created_at, seq, snapshot_seq, snapshot_payload, previous_seq, previous_payload
        FROM boards WHERE room_id = @roomId AND board_id = @boardId
        """,
        new { roomId, boardId });

    public bool Has(string roomId, string boardId) => connection.ExecuteScalar<bool>(
        "SELECT EXISTS (SELECT 1 FROM boards WHERE room_id = @roomId AND board_id = @boardId)",
        new { roomId, boardId });

    /// <summary>The boards of a room behind a board, in order of creation, and of their ids where that is the same.</summary>
    public IEnumerable<Board> OldestFirst(string roomId, long afterCreatedAt, string afterBoardId, int limit) => connection.Query<Board>(
        """
        SELECT board_id, epoch, name, seq, created_by, created_at FROM boards
        WHERE room_id = @roomId AND (created_at, board_id) > (@afterCreatedAt, @afterBoardId)
        ORDER BY created_at, board_id LIMIT @limit
        """,
        new { roomId, afterCreatedAt, afterBoardId, limit });

    public int Count(string roomId) =>
        connection.ExecuteScalar<int>("SELECT COUNT(*) FROM boards WHERE room_id = @roomId", new { roomId });

    public void Add(string roomId, Board board) => connection.Execute(
        """
        INSERT INTO boards (room_id, board_id, epoch, name, created_by, created_at, seq)
        VALUES (@roomId, @BoardId, @Epoch, @Name, @CreatedBy, @CreatedAt, @Seq)
        """,
        new { roomId, board.BoardId, board.Epoch, board.Name, board.CreatedBy, board.CreatedAt, board.Seq });

    /// <summary>Deletes a board with its updates, by the foreign keys. Returns its epoch; null if there was no such board.</summary>
    public string? Delete(string roomId, string boardId) => connection.QueryFirstOrDefault<string>(
        "DELETE FROM boards WHERE room_id = @roomId AND board_id = @boardId RETURNING epoch",
        new { roomId, boardId });

    /// <summary>Takes the board's next seq for an update of so many bytes. Null if there is no such board, or its updates past the snapshot would have too many.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="boardId">The board.</param>
    /// <param name="bytes">The bytes of the update.</param>
    /// <param name="maxBytes">Maximum bytes of the updates past the snapshot, this one included; 0 for none. A first one fits always, or the board would be stuck.</param>
    public BoardPlace? Next(string roomId, string boardId, int bytes, int maxBytes) => connection.QueryFirstOrDefault<BoardPlace>(
        """
        UPDATE boards SET seq = seq + 1, update_bytes = update_bytes + @bytes
        WHERE room_id = @roomId AND board_id = @boardId AND (@maxBytes = 0 OR update_bytes = 0 OR update_bytes + @bytes <= @maxBytes)
        RETURNING epoch, seq
        """,
        new { roomId, boardId, bytes, maxBytes });

    public void AddUpdate(string roomId, string boardId, long seq, string userId, string payload) => connection.Execute(
        "INSERT INTO board_updates (room_id, board_id, seq, user_id, payload) VALUES (@roomId, @boardId, @seq, @userId, @payload)",
        new { roomId, boardId, seq, userId, payload });

    /// <summary>The updates after a seq, in order of seq.</summary>
    public IEnumerable<BoardUpdate> Updates(string roomId, string boardId, long afterSeq, int limit) => connection.Query<UpdateRow>(
        """
        SELECT seq, user_id, payload FROM board_updates
        WHERE room_id = @roomId AND board_id = @boardId AND seq > @afterSeq
        ORDER BY seq LIMIT @limit
        """,
        new { roomId, boardId, afterSeq, limit },
        buffered: false).Select(row => new BoardUpdate(row.Seq, row.UserId, row.Payload));

    /// <summary>
    /// Saves a board snapshot, and keeps the one before it with the updates between the two. Deletes what is older. Each update is counted out of the
    /// board's bytes once and deleted once.
    /// </summary>
    public void SaveSnapshot(string roomId, StoredBoard board, long seq, string payload)
    {
        connection.Execute(
            """
            UPDATE boards SET
                previous_seq = snapshot_seq, previous_payload = snapshot_payload, snapshot_seq = @seq, snapshot_payload = @payload,
                update_bytes = update_bytes - (
                    SELECT COALESCE(SUM(octet_length(u.payload)), 0) FROM board_updates u
                    WHERE u.room_id = @roomId AND u.board_id = @BoardId AND u.seq > @SnapshotSeq AND u.seq <= @seq)
            WHERE room_id = @roomId AND board_id = @BoardId
            """,
            new { roomId, board.BoardId, board.SnapshotSeq, seq, payload });

        // Without a snapshot before, nothing could be shown with the updates.
        connection.Execute(
            "DELETE FROM board_updates WHERE room_id = @roomId AND board_id = @BoardId AND seq <= @goneTo",
            new { roomId, board.BoardId, goneTo = board.Snapshot?.Seq ?? seq });
    }
}
