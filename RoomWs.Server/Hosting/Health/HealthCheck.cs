using System.Data.Common;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Fanout;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Hosting.Health;

/// <summary>Probes the writer and a reader. May be called from any thread; concurrent callers share one probe of each.</summary>
internal sealed partial class HealthCheck(
    WriteQueue writes,
    ReadConnections reads,
    StorageOutage outage,
    ConnectionRegistry connections,
    RoomDirectory rooms,
    Func<bool> isDraining,
    FeedWatch? watch,
    TimeProvider time,
    ILogger<HealthCheck> logger)
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<bool> _writer = Task.FromResult(true);
    private Task<bool> _reader = Task.FromResult(true);

    public async Task<HealthReport> LookAsync()
    {
        if (isDraining()) return HealthReport.Draining;

        Task<bool> writer, reader;
        lock (_gate)
        {
            // Join a probe that is still running: a writer that hangs then has one probe in its queue, not a thousand.
            if (_writer.IsCompleted) _writer = ProbeWriterAsync();
            if (_reader.IsCompleted) _reader = Task.Run(ProbeReader);
            (writer, reader) = (_writer, _reader);
        }

        await Task.WhenAny(Task.WhenAll(writer, reader), Task.Delay(ProbeTimeout, time));
        List<string> failed = [];
        if (writer is not { IsCompletedSuccessfully: true, Result: true }) failed.Add("writer");
        if (reader is not { IsCompletedSuccessfully: true, Result: true }) failed.Add("reader");
        if (watch is { IsCutOff: true }) failed.Add("feed");
        if (failed.Count == 0) return HealthReport.Ok(connections.Count, rooms.Count);

        LogFailed(string.Join(" and ", failed), ProbeTimeout.TotalSeconds);
        return HealthReport.Failing(failed);
    }

    /// <summary>
    /// Runs a job that changes nothing. Its commit shows that the queue moves and that the file can be locked for writing, and does not wake
    /// a disk that sleeps. Where changes are refused it writes, for only that shows whether they have to be.
    /// </summary>
    private async Task<bool> ProbeWriterAsync()
    {
        try
        {
            return await writes.RunAsync(write =>
            {
                if (outage.HasRefused) write.Touch();
            });
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private bool ProbeReader()
    {
        try
        {
            reads.Read(read => read.Rooms.Any());
            return true;
        }
        catch (StorageException)
        {
            // The outage is logged already.
            return false;
        }
        catch (Exception fault) when (fault is DbException or InvalidOperationException)
        {
            LogReadFailed(fault);
            return false;
        }
    }

    [LoggerMessage(6002, LogLevel.Warning, "Not healthy: {Failed} did not answer, or not within {Seconds} s")]
    private partial void LogFailed(string failed, double seconds);

    [LoggerMessage(6003, LogLevel.Error, "The database cannot be read")]
    private partial void LogReadFailed(Exception cause);
}
