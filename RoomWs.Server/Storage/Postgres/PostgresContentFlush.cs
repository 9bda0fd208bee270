using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>Writes the messages, boards, updates and snapshots of a batch. Writer's thread only.</summary>
internal static class PostgresContentFlush
{
    public static void Add(BatchRows rows, PastUpdates past, RoundTrip trip)
    {
        AddMessages(rows.Messages.Rows, trip);
        AddBoards([.. rows.Boards.Changed], trip);
        AddUpdates(rows.Updates.Rows, trip);
        AddSnapshots(rows.Snapshots.Rows, trip);
        past.Add(rows.Snapshots.Rows, trip);
    }

    private static void AddMessages(IReadOnlyList<AddedMessage> messages, RoundTrip trip)
    {
        if (messages.Count == 0) return;
        trip.Do(
            """
            INSERT INTO messages (room_number, seq, id, sender_id, username, content, message_type, client_message_id, sent_at)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            messages.Numbers(added => added.Room),
            messages.Numbers(added => added.Message.Seq),
            messages.Texts(added => added.Message.RoomMessageId),
            messages.Texts(added => added.Message.SenderId),
            messages.Texts(added => added.Message.Username),
            messages.Texts(added => added.Message.Content),
            messages.Texts(added => added.Message.MessageType),
            messages.Texts(added => added.Message.ClientMessageId),
            messages.Numbers(added => added.Message.Timestamp));
    }

    private static void AddBoards(List<KnownRow<(long Room, string BoardId), BoardHead>> boards, RoundTrip trip)
    {
        if (boards.Count == 0) return;

        // What frees an id comes before what takes it: a board made again under its id is another one.
        var gone = boards.Where(board => board.Stored is { } stored && board.Now?.Number != stored.Number).ToList();
        if (gone.Count > 0) trip.Do("DELETE FROM boards WHERE number = ANY ($1)", gone.Numbers(board => board.Stored!.Number));
        var there = boards.Where(board => board.Now is not null && board.Stored?.Number == board.Now.Number).ToList();
        if (there.Count > 0)
        {
            trip.Do(
                "UPDATE boards b SET seq = n.seq, bytes = n.bytes FROM unnest($1, $2, $3) AS n (number, seq, bytes) WHERE b.number = n.number",
                there.Numbers(board => board.Now!.Number),
                there.Numbers(board => board.Now!.Seq),
                there.Numbers(board => board.Now!.Bytes));
        }

        var made = boards.Where(board => board.Now is not null && board.Stored?.Number != board.Now.Number).ToList();
        if (made.Count == 0) return;
        trip.Do(
            "INSERT INTO boards (number, seq, bytes, room_number, board_id, epoch, name, created_by, created_at) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            made.Numbers(board => board.Now!.Number),
            made.Numbers(board => board.Now!.Seq),
            made.Numbers(board => board.Now!.Bytes),
            made.Numbers(board => board.Key.Room),
            made.Texts(board => board.Key.BoardId),
            made.Texts(board => board.Now!.Epoch),
            made.Texts(board => board.Now!.Name),
            made.Texts(board => board.Now!.CreatedBy),
            made.Numbers(board => board.Now!.CreatedAt));
    }

    private static void AddUpdates(IReadOnlyList<AddedUpdate> updates, RoundTrip trip)
    {
        if (updates.Count == 0) return;
        trip.Do(
            "INSERT INTO board_updates (board_number, seq, user_id, payload, bytes_to) SELECT * FROM unnest($1, $2, $3, $4, $5)",
            updates.Numbers(update => update.Board),
            updates.Numbers(update => update.Seq),
            updates.Texts(update => update.UserId),
            updates.Texts(update => update.Payload),
            updates.Numbers(update => update.BytesTo));
    }

    /// <summary>One after the other: of a board there may be several, and each is behind the one before it.</summary>
    private static void AddSnapshots(IReadOnlyList<AddedSnapshot> snapshots, RoundTrip trip)
    {
        for (var i = 0; i < snapshots.Count; i++)
        {
            AddedSnapshot[] one = [snapshots[i]];
            trip.Do(
                """
                UPDATE boards b SET previous_seq = snapshot_seq, previous_payload = snapshot_payload, snapshot_seq = n.seq, snapshot_bytes = n.bytes, snapshot_payload = n.payload
                FROM unnest($1, $2, $3, $4) AS n (number, seq, bytes, payload) WHERE b.number = n.number
                """,
                one.Numbers(snapshot => snapshot.Board),
                one.Numbers(snapshot => snapshot.Seq),
                one.Numbers(snapshot => snapshot.BytesTo),
                one.Texts(snapshot => snapshot.Payload));
        }
    }
}
