using System.Globalization;
using Npgsql;

namespace RoomWs.Bench.Servers;

/// <summary>Reads from /proc how much CPU time a PostgreSQL uses, with all its processes, those too that have ended.</summary>
internal sealed class PostmasterMeter
{
    private const string Program = "postgres";

    private readonly int _processId;

    private PostmasterMeter(int processId) => _processId = processId;

    /// <summary>CPU seconds since its start, in user and kernel mode.</summary>
    public double CpuSeconds
    {
        get
        {
            var seconds = ProcessStat.Of(_processId) is { } own ? own.CpuSeconds + own.EndedCpuSeconds : 0;
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
            {
                if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var processId)) continue;
                if (ProcessStat.Of(processId) is { } child && child.Parent == _processId) seconds += child.CpuSeconds;
            }

            return seconds;
        }
    }

    /// <summary>That of the server at the other end of a connection; null if it does not run on this machine.</summary>
    public static PostmasterMeter? Of(NpgsqlConnection connection)
    {
        var session = ProcessStat.Of(connection.ProcessID);
        return session?.Program == Program && ProcessStat.Of(session.Parent)?.Program == Program ? new PostmasterMeter(session.Parent) : null;
    }
}
