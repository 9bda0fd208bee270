using System.Globalization;
using System.Runtime.InteropServices;

namespace RoomWs.Bench.Reporting;

/// <summary>Describes the machine that the figures were measured on.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {model}; Linux {kernel}; .NET {Environment.Version}");
    }
}
