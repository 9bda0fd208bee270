using System.Collections.Concurrent;
using RoomWs.Server.Storage;

namespace RoomWs.Tests.Support;

/// <summary>Keeps what the writer tells of its batches, and expects what a test wants it to.</summary>
internal sealed class KernelSink : ICommitSink
{
    /// <summary>How many jobs each batch had.</summary>
    public ConcurrentQueue<int> Batches { get; } = [];

    /// <summary>How each waiting ended: whether all came.</summary>
    public ConcurrentQueue<bool> Waits { get; } = [];

    /// <summary>Called by the writer before each batch.</summary>
    public Func<int> Expect { get; set; } = () => 0;

    /// <summary>Called by the writer after each batch.</summary>
    public Action<int> Ended { get; set; } = _ => { };

    public void EndBatch(int jobs, Func<int> waiting)
    {
        Batches.Enqueue(jobs);
        Ended(waiting());
    }

    public int ExpectedJobs() => Expect();

    public void Waited(bool allCame) => Waits.Enqueue(allCame);
}
