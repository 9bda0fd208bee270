using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// Deletes the updates of boards that a snapshot has made needless, but not at once: the other nodes read in the table what an update says when they tell it, and may be behind.
/// Nobody reads them otherwise. What a node has not deleted when it ends goes with the next snapshot of the board, or with the board. Writer's thread only.
/// </summary>
internal sealed class PastUpdates(TimeProvider time)
{
    /// <summary>A node that is further behind than this has closed its clients long before.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    /// <summary>Maximum number of boards whose updates are deleted with one batch.</summary>
    private const int MaxBoards = 100;

    /// <summary>The boards, and up to which number their updates go, in the order of time.</summary>
    private readonly Queue<(long Since, AddedSnapshot Snapshot)> _past = new();

    /// <summary>Notes what a batch makes needless, and adds the deletion of what has been so for long enough.</summary>
    public void Add(IReadOnlyList<AddedSnapshot> snapshots, RoundTrip trip)
    {
        var now = time.GetTimestamp();
        foreach (var snapshot in snapshots)
        {
            if (snapshot.GoneTo > 0) _past.Enqueue((now, snapshot));
        }

        var due = new List<AddedSnapshot>();
        while (due.Count < MaxBoards && _past.TryPeek(out var first) && time.GetElapsedTime(first.Since, now) >= Kept) due.Add(_past.Dequeue().Snapshot);
        if (due.Count == 0) return;
        trip.Do(
            "DELETE FROM board_updates u USING unnest($1, $2) AS n (board, seq) WHERE u.board_number = n.board AND u.seq <= n.seq",
            due.Numbers(snapshot => snapshot.Board),
            due.Numbers(snapshot => snapshot.GoneTo));
    }
}
