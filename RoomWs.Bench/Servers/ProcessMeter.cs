using System.Globalization;

namespace RoomWs.Bench.Servers;

/// <summary>What the kernel says that a process uses.</summary>
internal sealed class ProcessMeter(int processId)
{
    /// <summary>The unit of the times in /proc, which is the same on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Seconds of processor time since its start, in user and kernel mode.</summary>
    public double CpuSeconds
    {
        get
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            // The name of the program may hold spaces; what follows its parenthesis does not. utime and stime are fields 14 and 15.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    public double ResidentKilobytes => Status("VmRSS:");

    /// <summary>The most that it ever had resident.</summary>
    public double PeakResidentKilobytes => Status("VmHWM:");

    private double Status(string name)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture);
    }
}
