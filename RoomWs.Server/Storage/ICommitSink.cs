namespace RoomWs.Server.Storage;

/// <summary>What follows the writer's batches: it sends what a batch's jobs have queued, and knows how long the next one had better fill. Called by the writer's thread alone.</summary>
internal interface ICommitSink
{
    /// <summary>All jobs of a batch are completed, in order: what they have queued goes out now.</summary>
    /// <param name="jobs">How many jobs the batch had.</param>
    /// <param name="waiting">Tells how many have come since the batch was taken.</param>
    void EndBatch(int jobs, Func<int> waiting);

    /// <summary>How many jobs the next batch should have before it is taken; 0 where it is to take what there is.</summary>
    int ExpectedJobs();

    /// <summary>The writer has waited for those jobs.</summary>
    /// <param name="allCame">Whether they came in time.</param>
    void Waited(bool allCame);
}
