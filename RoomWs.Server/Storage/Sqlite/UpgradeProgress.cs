using Microsoft.Extensions.Logging;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Tells in the log how far the upgrade of a large database is, so that nobody takes it for a server that hangs.</summary>
internal sealed partial class UpgradeProgress(TimeProvider time, ILogger log)
{
    /// <summary>Between two lines. What takes less time has none.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly long _begun = time.GetTimestamp();
    private long _told = time.GetTimestamp();
    private string _script = "";
    private int _statement;
    private int _count;

    /// <summary>For how long the upgrade has been running.</summary>
    public long Seconds => (long)time.GetElapsedTime(_begun).TotalSeconds;

    /// <summary>The upgrade has come to this statement of the migration.</summary>
    public void Enter(Migration migration, int statement, int count)
    {
        (_script, _statement, _count) = (migration.Name, statement, count);
        Tell();
    }

    /// <summary>Writes a line, where it is time for one.</summary>
    public void Tell()
    {
        if (time.GetElapsedTime(_told) < Interval) return;
        _told = time.GetTimestamp();
        LogProgress(log, _script, _statement, _count, Seconds);
    }

    [LoggerMessage(EventId = 1102, Level = LogLevel.Information, Message = "Upgrading the database: {Script}, statement {Statement} of {Count}, after {Seconds} s")]
    private static partial void LogProgress(ILogger log, string script, int statement, int count, long seconds);
}
