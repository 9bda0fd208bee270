namespace RoomWs.Server.Storage;

/// <summary>
/// Is told when a batch is done: sends what its jobs have queued, and decides how many jobs the writer waits for before the next batch.
/// Writer's thread only.
/// </summary>
internal interface ICommitSink
{
    /// <summary>Called when all jobs of a batch are completed, in order. Sends what they have queued.</summary>
    /// <param name="jobs">The number of jobs in the batch.</param>
    /// <param name="waiting">Returns how many jobs have come since the batch was taken.</param>
    void EndBatch(int jobs, Func<int> waiting);

    /// <summary>How many jobs the writer should wait for before it takes the next batch. 0 to take what is there.</summary>
    int ExpectedJobs();

    /// <summary>Called after the writer has waited for those jobs.</summary>
    /// <param name="allCame">Whether all of them came in time.</param>
    void Waited(bool allCame);
}
