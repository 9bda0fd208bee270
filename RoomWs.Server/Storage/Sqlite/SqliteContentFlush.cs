using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Writes the messages, boards, updates and snapshots of a batch. Writer's thread only.</summary>
internal sealed class SqliteContentFlush : IDisposable
{
    private readonly SqliteStatement _message;
    private readonly SqliteStatement _insertBoard;
    private readonly SqliteStatement _updateBoard;
    private readonly SqliteStatement _deleteBoard;
    private readonly SqliteStatement _update;
    private readonly SqliteStatement _snapshot;
    private readonly SqliteStatement _deleteUpdates;
    private readonly SqliteStatement[] _all;

    public SqliteContentFlush(PreparedConnection connection) => _all =
    [
        _message = new(connection, """
            INSERT INTO messages (room_number, seq, id, sender_id, username, content, message_type, client_message_id, sent_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """),
        _insertBoard = new(connection, """
            INSERT INTO boards (number, seq, bytes, room_number, board_id, epoch, name, created_by, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """),
        _updateBoard = new(connection, "UPDATE boards SET seq = ?2, bytes = ?3 WHERE number = ?1"),
        _deleteBoard = new(connection, "DELETE FROM boards WHERE number = ?1"),
        _update = new(connection, "INSERT INTO board_updates (board_number, seq, user_id, payload, bytes_to) VALUES (?1, ?2, ?3, ?4, ?5)"),
        _snapshot = new(connection, """
            UPDATE boards SET
                previous_seq = snapshot_seq, previous_payload = snapshot_payload, snapshot_seq = ?2, snapshot_bytes = ?3, snapshot_payload = ?4
            WHERE number = ?1
            """),
        _deleteUpdates = new(connection, "DELETE FROM board_updates WHERE board_number = ?1 AND seq <= ?2"),
    ];

    public void Write(BatchRows rows)
    {
        foreach (var (room, message) in rows.Messages.Rows)
        {
            _message
                .Bind(1, room).Bind(2, message.Seq).Bind(3, message.RoomMessageId).Bind(4, message.SenderId).Bind(5, message.Username)
                .Bind(6, message.Content).Bind(7, message.MessageType).Bind(8, message.ClientMessageId).Bind(9, message.Timestamp).Run();
        }

        foreach (var board in rows.Boards.Changed) WriteBoard(board);
        foreach (var update in rows.Updates.Rows)
        {
            _update.Bind(1, update.Board).Bind(2, update.Seq).Bind(3, update.UserId).Bind(4, update.Payload).Bind(5, update.BytesTo).Run();
        }

        foreach (var snapshot in rows.Snapshots.Rows)
        {
            _snapshot.Bind(1, snapshot.Board).Bind(2, snapshot.Seq).Bind(3, snapshot.BytesTo).Bind(4, snapshot.Payload).Run();
            _deleteUpdates.Bind(1, snapshot.Board).Bind(2, snapshot.GoneTo).Run();
        }
    }

    public void Dispose()
    {
        foreach (var statement in _all) statement.Dispose();
    }

    private void WriteBoard(KnownRow<(long Room, string BoardId), BoardHead> board)
    {
        // What frees an id comes before what takes it: a board made again under its id is another one.
        if (board.Stored is { } stored && board.Now?.Number != stored.Number) _deleteBoard.Bind(1, stored.Number).Run();
        if (board.Now is not { } now) return;
        if (board.Stored?.Number == now.Number) _updateBoard.Bind(1, now.Number).Bind(2, now.Seq).Bind(3, now.Bytes).Run();
        else _insertBoard.Bind(1, now.Number).Bind(2, now.Seq).Bind(3, now.Bytes).Bind(4, board.Key.Room).Bind(5, board.Key.BoardId).Bind(6, now.Epoch).Bind(7, now.Name).Bind(8, now.CreatedBy).Bind(9, now.CreatedAt).Run();
    }
}
