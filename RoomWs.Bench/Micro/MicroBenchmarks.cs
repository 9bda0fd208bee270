using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

namespace RoomWs.Bench.Micro;

/// <summary><c>micro</c>: the parts of a request's way, each alone, by BenchmarkDotNet.</summary>
internal static class MicroBenchmarks
{
    public static int Run(string[] arguments)
    {
        // In this process, for the project that BenchmarkDotNet would make does not hold to this repository's rules for builds. What it
        // writes goes beside the program and never among the sources.
        var config = ManualConfig.Create(DefaultConfig.Instance).WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "BenchmarkDotNet.Artifacts"));
        string[] all = arguments.Contains("--filter", StringComparer.Ordinal) || arguments.Contains("-f", StringComparer.Ordinal) ? [] : ["--filter", "*"];
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroBenchmarks).Assembly).Run(["--inProcess", .. all, .. arguments], config);
        return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
    }
}
