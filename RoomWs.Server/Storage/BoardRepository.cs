using System.Data.Common;
using Dapper;
using RoomWs.Protocol.Boards;

namespace RoomWs.Server.Storage;

/// <summary>A row of the boards table.</summary>
internal sealed record StoredBoard
{
    public required string BoardId { get; init; }

    public required string Name { get; init; }

    public required string CreatedBy { get; init; }

    public long CreatedAt { get; init; }

    public long Seq { get; init; }

    public long SnapshotSeq { get; init; }

    public string? SnapshotPayload { get; init; }
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
        SELECT board_id, name, created_by, created_at, seq, snapshot_seq, snapshot_payload
        FROM boards WHERE room_id = @roomId AND board_id = @boardId
        """,
        new { roomId, boardId });

    public IEnumerable<Board> OfRoom(string roomId) => connection.Query<Board>(
        "SELECT board_id, name, seq, created_by, created_at FROM boards WHERE room_id = @roomId ORDER BY created_at, board_id",
        new { roomId });

    public int Count(string roomId) =>
        connection.ExecuteScalar<int>("SELECT COUNT(*) FROM boards WHERE room_id = @roomId", new { roomId });

    public void Add(string roomId, Board board) => connection.Execute(
        """
        INSERT INTO boards (room_id, board_id, name, created_by, created_at, seq)
        VALUES (@roomId, @BoardId, @Name, @CreatedBy, @CreatedAt, @Seq)
        """,
        new { roomId, board.BoardId, board.Name, board.CreatedBy, board.CreatedAt, board.Seq });

    /// <summary>Deletes a board with its updates, by the foreign keys. False if there was no such board.</summary>
    public bool Delete(string roomId, string boardId) => connection.Execute(
        "DELETE FROM boards WHERE room_id = @roomId AND board_id = @boardId",
        new { roomId, boardId }) > 0;

    /// <summary>Takes the board's next seq. Null if there is no such board.</summary>
    public long? NextSeq(string roomId, string boardId) => connection.QueryFirstOrDefault<long?>(
        "UPDATE boards SET seq = seq + 1 WHERE room_id = @roomId AND board_id = @boardId RETURNING seq",
        new { roomId, boardId });

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

    /// <summary>Saves a board snapshot, and deletes all updates up to its seq.</summary>
    public void SaveSnapshot(string roomId, string boardId, long seq, string payload)
    {
        connection.Execute(
            "UPDATE boards SET snapshot_seq = @seq, snapshot_payload = @payload WHERE room_id = @roomId AND board_id = @boardId",
            new { roomId, boardId, seq, payload });
        connection.Execute(
            "DELETE FROM board_updates WHERE room_id = @roomId AND board_id = @boardId AND seq <= @seq",
            new { roomId, boardId, seq });
    }
}
