using RoomWs.Protocol.Boards;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>Boards as the running batch has left them so far. Writer's thread only.</summary>
internal sealed class BatchBoards(BatchRows rows, Prefetch prefetch, Func<string, StoredRoom> known)
{
    public BoardHead? Find(string roomId, string boardId)
    {
        var key = (known(roomId).Number, boardId);
        if (!rows.Boards.Knows(key)) prefetch.LoadLate(known(roomId), needs => needs.Boards.Add(boardId));
        return rows.Boards.TryGet(key, out var board) ? board : null;
    }

    public int Count(string roomId) => known(roomId).BoardCount;

    public void Add(string roomId, Board board)
    {
        var room = known(roomId);
        rows.Boards.Add((room.Number, board.BoardId), new BoardHead
        {
            Number = rows.NextNumber(),
            Epoch = board.Epoch,
            Name = board.Name,
            CreatedBy = board.CreatedBy,
            CreatedAt = board.CreatedAt,
        });
        rows.Rooms.Write(roomId, room with { BoardCount = room.BoardCount + 1 });
    }

    /// <summary>Deletes a board. Its updates are nobody's from here on, and go in steps later. Returns its epoch; null if there was no such board.</summary>
    public string? Delete(string roomId, string boardId)
    {
        if (Find(roomId, boardId) is not { } board) return null;

        var room = known(roomId);
        rows.Boards.Write((room.Number, boardId), null);
        rows.Remains.Add(board.Number);
        rows.Rooms.Write(roomId, room with { BoardCount = room.BoardCount - 1 });
        return board.Epoch;
    }

    /// <summary>Adds an update under the board's next seq, which it returns. Null if its updates past the snapshot would have too many bytes.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="boardId">The board, which is there.</param>
    /// <param name="userId">Who draws.</param>
    /// <param name="payload">The update.</param>
    /// <param name="bytes">The bytes of the update.</param>
    /// <param name="maxBytes">Maximum bytes of the updates past the snapshot, this one included; 0 for none. A first one fits always, or the board would be stuck.</param>
    public long? AddUpdate(string roomId, string boardId, string userId, string payload, int bytes, int maxBytes)
    {
        var board = Find(roomId, boardId)!;
        var waiting = board.Bytes - board.SnapshotBytes;
        if (maxBytes > 0 && waiting > 0 && waiting + bytes > maxBytes) return null;

        var after = board with { Seq = board.Seq + 1, Bytes = board.Bytes + bytes };
        rows.Boards.Write((known(roomId).Number, boardId), after);
        rows.Updates.Add(new AddedUpdate(board.Number, after.Seq, userId, payload, after.Bytes));
        return after.Seq;
    }

    /// <summary>Saves a board snapshot, and keeps the one before it with the updates between the two. Deletes what is older.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="boardId">The board, which is there.</param>
    /// <param name="seq">The last update that it covers: behind the last snapshot, and not behind the last update.</param>
    /// <param name="payload">The snapshot.</param>
    public void SaveSnapshot(string roomId, string boardId, long seq, string payload)
    {
        var board = Find(roomId, boardId)!;
        var bytes = BytesTo(roomId, boardId, board, seq);
        rows.Boards.Write((known(roomId).Number, boardId), board with { SnapshotSeq = seq, SnapshotBytes = bytes });
        // Without a snapshot before, nothing could be shown with the updates.
        rows.Snapshots.Add(new AddedSnapshot(board.Number, seq, bytes, payload, GoneTo: board.SnapshotSeq > 0 ? board.SnapshotSeq : seq));
    }

    private long BytesTo(string roomId, string boardId, BoardHead board, long seq)
    {
        if (seq == board.Seq) return board.Bytes;
        foreach (var update in rows.Updates.Rows)
        {
            if (update.Board == board.Number && update.Seq == seq) return update.BytesTo;
        }

        var key = (board.Number, seq);
        if (!rows.BoardPlaces.Knows(key)) prefetch.LoadLate(known(roomId), needs => needs.BoardPlaces.Add((boardId, seq)));
        return rows.BoardPlaces.TryGet(key, out var place) && place is not null ? place.Bytes : board.SnapshotBytes;
    }
}
