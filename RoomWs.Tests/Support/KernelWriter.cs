using Microsoft.Extensions.Logging;
using RoomWs.Server.Metrics;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Tests.Support;

/// <summary>The server's writer over the database of a test.</summary>
internal sealed class KernelWriter : IDisposable
{
    private readonly ILoggerFactory _loggers;

    /// <summary>Starts the writer.</summary>
    /// <param name="database">The database; its writing connection is the writer's from here on.</param>
    /// <param name="sink">Told of its batches.</param>
    /// <param name="rooms">The rooms that are in memory; none where that is null.</param>
    /// <param name="time">The clock.</param>
    public KernelWriter(KernelDatabase database, ICommitSink sink, IRoomSnapshots? rooms = null, TimeProvider? time = null)
    {
        time ??= new ManualTimeProvider();
        _loggers = Log.CreateFactory(isComplete: false);
        Metrics = new ServerMetrics(new(() => 0, () => 0, () => 0, () => 0, () => 0), time, _loggers.CreateLogger<ServerMetrics>());
        var logger = _loggers.CreateLogger<WriteQueue>();
        var outage = new StorageOutage(database.Faults, logger);
        Queue = new WriteQueue(database, new WriteScope(database.Store, new Repositories(database.Writer, SqliteDialect.Instance), rooms ?? new NoRooms(), Metrics.PrefetchMissed, time), outage, new BatchRetry(database.Faults, outage, TimeSpan.Zero, time), new NoOtherNodes(), sink, Metrics, logger);
    }

    public WriteQueue Queue { get; }

    public ServerMetrics Metrics { get; }

    public MemoryLog Log { get; } = new();

    /// <summary>Enqueues a change, and gives it.</summary>
    public KernelJob Enqueue(Action<WriteScope> run, Action? committed = null, Action<Exception>? failed = null)
    {
        var job = new KernelJob(run, committed, failed);
        Queue.Enqueue(job);
        return job;
    }

    /// <summary>Enqueues a user's change, and gives it.</summary>
    public KernelJob Enqueue(string userId, Action<WriteScope> run, int cost = 1, Action? committed = null, int? share = null)
    {
        var job = new KernelJob(run, committed, userId: userId, cost: cost, share: share);
        Queue.Enqueue(job);
        return job;
    }

    /// <summary>Keeps the writer in a batch of its own: whatever is enqueued until the release makes the next batch.</summary>
    /// <param name="inOutage">Whether nothing can be stored, so that the writer does its own work alone.</param>
    public async Task<KernelHold> HoldAsync(bool inOutage = false)
    {
        var hold = new KernelHold();
        if (inOutage) _ = Queue.RunAsync(_ => hold.Keep());
        else Enqueue(_ => hold.Keep());
        await hold.Held.OrFailAsync("the writer");
        return hold;
    }

    public void Dispose()
    {
        Queue.Dispose();
        Metrics.Dispose();
        _loggers.Dispose();
        Log.Dispose();
    }
}
