using System.Data.Common;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Fanout;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Hosting.Health;

/// <summary>Asks the writer and a reader for a sign of life. May be called from any thread, however often.</summary>
internal sealed partial class HealthCheck(
    WriteQueue writes,
    ReadConnections reads,
    ConnectionRegistry connections,
    RoomDirectory rooms,
    Func<bool> isDraining,
    TimeProvider time,
    ILogger<HealthCheck> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<bool> _writer = Task.FromResult(true);
    private Task<bool> _reader = Task.FromResult(true);

    public async Task<HealthReport> LookAsync()
    {
        if (isDraining()) return HealthReport.Draining;

        Task<bool> writer, reader;
        lock (_gate)
        {
            // Whoever asks while a probe is on its way waits for that one: a writer that hangs finds one in its queue, not a thousand.
            if (_writer.IsCompleted) _writer = ProbeWriterAsync();
            if (_reader.IsCompleted) _reader = Task.Run(ProbeReader);
            (writer, reader) = (_writer, _reader);
        }

        await Task.WhenAny(Task.WhenAll(writer, reader), Task.Delay(Patience, time));
        List<string> failed = [];
        if (writer is not { IsCompletedSuccessfully: true, Result: true }) failed.Add("writer");
        if (reader is not { IsCompletedSuccessfully: true, Result: true }) failed.Add("reader");
        if (failed.Count == 0) return HealthReport.Ok(connections.Count, rooms.Count);

        LogFailed(string.Join(" and ", failed), Patience.TotalSeconds);
        return HealthReport.Failing(failed);
    }

    /// <summary>
    /// A transaction that changes nothing, in its turn: it shows that the queue moves and that the file can be locked for writing, and
    /// leaves a disk that sleeps alone.
    /// </summary>
    private async Task<bool> ProbeWriterAsync()
    {
        try
        {
            return await writes.RunAsync(static _ => { });
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
