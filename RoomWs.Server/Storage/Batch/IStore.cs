using RoomWs.Server.Model;

namespace RoomWs.Server.Storage.Batch;

/// <summary>
/// Where batches of changes are stored. A batch begins, what it needs is loaded, it decides in memory, and what it has changed is written in sets and committed.
/// Writer's thread only.
/// </summary>
internal interface IStore : IDisposable
{
    /// <summary>How many rows were written so far. A batch that has not raised it says nothing of whether something can be stored.</summary>
    long WrittenRows { get; }

    /// <summary>Begins a batch, and reads what it needs.</summary>
    /// <param name="needs">What its jobs have named.</param>
    /// <param name="rows">Where its rows will be.</param>
    /// <param name="isToWrite">Whether it takes the right to write at once, so that it fails here and not between two jobs where it cannot have it.</param>
    void Begin(Needs needs, BatchRows rows, bool isToWrite);

    /// <summary>Reads what is needed after all and not known yet into the rows.</summary>
    void Load(Needs needs, BatchRows rows);

    /// <summary>The stored members of a room, in order of joining.</summary>
    Member[] Members(long room);

    /// <summary>The users with a stored join request, each with its request, oldest first, up to a number of them.</summary>
    List<(string UserId, StoredRequest Request)> Requests(long room, int limit);

    /// <summary>How many stored invites a user has made to a room that nobody has used and that have not expired. Counting stops at <paramref name="countTo"/>.</summary>
    int UsableInvites(long room, string createdBy, long now, int countTo);

    /// <summary>Writes what the batch has changed so far. After that no job can be undone alone.</summary>
    void Write(BatchRows rows);

    /// <summary>Writes what is not written yet, and ends the batch. All of it is durable then.</summary>
    CommitPlace Commit(BatchRows rows);

    /// <summary>Undoes all that was written, if that has not happened by itself.</summary>
    void RollBack();

    /// <summary>Whether a job that writes is to fail at once, as a fault of the storage.</summary>
    void TakeOnlyReads(bool whether);

    /// <summary>Gives back what the storage holds for readers that were there, between two batches.</summary>
    void ShrinkLog();
}
