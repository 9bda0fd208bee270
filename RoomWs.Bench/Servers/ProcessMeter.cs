using System.Globalization;
using RoomWs.Bench.Load;

namespace RoomWs.Bench.Servers;

/// <summary>Reads from /proc how much CPU time and memory a process uses.</summary>
internal sealed class ProcessMeter(int processId)
{
    /// <summary>CPU seconds since the start of the process, in user and kernel mode.</summary>
    public double CpuSeconds => ProcessStat.Of(processId)?.CpuSeconds ?? throw new LoadException($"Process {processId} is gone.");

    public double ResidentKilobytes => Status("VmRSS:");

    /// <summary>The peak of the resident memory since the start of the process.</summary>
    public double PeakResidentKilobytes => Status("VmHWM:");

    private double Status(string name)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture);
    }
}
