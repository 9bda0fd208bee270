using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

namespace RoomWs.Bench.Micro;

/// <summary><c>micro</c>: measures the parts that a request passes through one by one, by BenchmarkDotNet.</summary>
internal static class MicroBenchmarks
{
    public static int Run(string[] arguments)
    {
        // In this process, because the project that BenchmarkDotNet would generate violates this repository's build rules. Its artifacts go next
        // to the program, never among the sources.
        var config = ManualConfig.Create(DefaultConfig.Instance).WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "BenchmarkDotNet.Artifacts"));
        string[] all = arguments.Contains("--filter", StringComparer.Ordinal) || arguments.Contains("-f", StringComparer.Ordinal) ? [] : ["--filter", "*"];
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroBenchmarks).Assembly).Run(["--inProcess", .. all, .. arguments], config);
        return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
    }
}
