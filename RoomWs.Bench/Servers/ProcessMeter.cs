using System.Globalization;

namespace RoomWs.Bench.Servers;

/// <summary>Reads from /proc how much CPU time and memory a process uses.</summary>
internal sealed class ProcessMeter(int processId)
{
    /// <summary>The unit of times in /proc. It is the same on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>CPU seconds since the start of the process, in user and kernel mode.</summary>
    public double CpuSeconds
    {
        get
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            // Split after the parenthesis that ends the program's name, which may hold spaces. utime and stime are fields 14 and 15 of the line.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    public double ResidentKilobytes => Status("VmRSS:");

    /// <summary>The peak of the resident memory since the start of the process.</summary>
    public double PeakResidentKilobytes => Status("VmHWM:");

    private double Status(string name)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture);
    }
}
