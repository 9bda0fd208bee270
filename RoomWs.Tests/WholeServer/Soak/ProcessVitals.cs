using System.Globalization;

namespace RoomWs.Tests.WholeServer.Soak;

/// <summary>What the kernel says that a process holds at a moment.</summary>
internal sealed record ProcessVitals(double ResidentMegabytes, int Threads, int Files)
{
    public static ProcessVitals Of(int processId)
    {
        var status = File.ReadLines($"/proc/{processId}/status").Select(line => line.Split(':', 2)).ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);
        return new ProcessVitals(
            Number(status["VmRSS"].Replace("kB", "", StringComparison.Ordinal)) / 1_024.0,
            Number(status["Threads"]),
            Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd").Count());
    }

    /// <summary>The medians of the middle third of a series and of its last: by the middle third all is warm, and a median leaves the collector's waves out.</summary>
    public static (double Middle, double Last) Thirds(IReadOnlyList<ProcessVitals> series, Func<ProcessVitals, double> of)
    {
        var third = series.Count / 3;
        return (Median(series.Skip(third).Take(third)), Median(series.TakeLast(third)));

        double Median(IEnumerable<ProcessVitals> some) => some.Select(of).Order().ElementAt(third / 2);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
