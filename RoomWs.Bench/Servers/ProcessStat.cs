using System.Globalization;

namespace RoomWs.Bench.Servers;

/// <summary>What /proc says of a process at one moment.</summary>
/// <param name="Program">The name of its program.</param>
/// <param name="Parent">The process that has started it.</param>
/// <param name="CpuSeconds">CPU seconds since its start, in user and kernel mode.</param>
/// <param name="EndedCpuSeconds">Those of the processes that it has started and that have ended.</param>
internal sealed record ProcessStat(string Program, int Parent, double CpuSeconds, double EndedCpuSeconds)
{
    /// <summary>The unit of times in /proc. It is the same on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Reads a process; null if there is none.</summary>
    public static ProcessStat? Of(int processId)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{processId}/stat");
        }
        catch (IOException)
        {
            return null;
        }

        // The program's name may hold spaces and parentheses. Behind it: the state, the parent, and from the twelfth on the times.
        var (begin, end) = (stat.IndexOf('(') + 1, stat.LastIndexOf(')'));
        var fields = stat[(end + 2)..].Split(' ');
        return new ProcessStat(stat[begin..end], int.Parse(fields[1], CultureInfo.InvariantCulture), Seconds(11) + Seconds(12), Seconds(13) + Seconds(14));

        double Seconds(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture) / TicksPerSecond;
    }
}
