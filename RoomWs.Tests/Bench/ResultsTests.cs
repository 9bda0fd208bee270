using System.Xml.Linq;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Bench.Load;
using RoomWs.Bench.Reporting;
using RoomWs.Bench.Work;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Bench;

internal sealed class ResultsTests
{
    [Test]
    public void A_percentile_is_the_nearest_rank()
    {
        var latencies = new Latencies();
        latencies.Percentile(0.5).Should().Be(0);
        foreach (var milliseconds in Enumerable.Range(1, 200).Reverse()) latencies.Add(TimeSpan.FromMilliseconds(milliseconds));

        latencies.Percentile(0.50).Should().BeApproximately(100, 0.001);
        latencies.Percentile(0.99).Should().BeApproximately(198, 0.001);
        latencies.Percentile(1).Should().BeApproximately(200, 0.001);
    }

    [Test]
    public void One_disturbed_round_does_not_move_the_median()
    {
        var result = Result();
        foreach (var value in new[] { 900.0, 10.0, 1_000.0 }) result.Add("RoomWs", "case", Figure("per_s", value));
        foreach (var value in new[] { 300.0, 600.0 }) result.Add("ws", "case", Figure("per_s", value));

        result.Median("RoomWs", "case", "per_s").Should().Be(900);
        result.Median("ws", "case", "per_s").Should().Be(450);
        result.Ratio("RoomWs", "ws", "case", "per_s").Should().Be(2);
        result.Ratio("RoomWs", "SignalR", "case", "per_s").Should().BeNull();
    }

    [Test]
    public void The_report_shows_medians_ratios_and_which_targets_are_met()
    {
        using var files = new TestFiles();
        var result = Result();
        foreach (var (server, perCpu) in new[] { ("RoomWs", 600_000.0), ("SignalR", 250_000.0), ("ws", 300_000.0) })
        {
            result.Add(server, "4 in flight", Figure("per_cpu_s", perCpu));
            result.Add(server, "1 in flight", Figure("per_cpu_s", perCpu / 3));
        }

        var folder = new ResultsFolder(files.Folder);
        folder.Save(WorkOf("chat"), result);

        var report = File.ReadAllLines(folder.Report);
        report.Should().Contain("| SignalR | 4 in flight | - | 250,000 | 2.40× | - | - | - | - |");
        report.Should().Contain("| Deliveries per CPU-s beside SignalR, 4 in flight | 2.40× | ≥ 2.20× | yes |");
        report.Should().Contain("| Deliveries per CPU-s beside ws, 4 in flight | 2.00× | ≥ 2.50× | no |");
        report.Should().Contain("| Deliveries per CPU-s beside Socket.IO, 4 in flight | not measured | ≥ 3.50× | - |");
        var chart = XDocument.Load(Path.Combine(files.Folder, "chat.svg"));
        chart.Descendants().Where(element => element.Name.LocalName == "rect").Should().HaveCount(6);
        chart.Descendants().Select(element => element.Value).Should().Contain("600,000, 4 in flight");
    }

    [Test]
    public void A_run_of_some_work_leaves_the_results_of_the_rest()
    {
        using var files = new TestFiles();
        var (first, later) = (Result(), Result());
        first.Add("RoomWs", "ROOM_INFO", Figure("per_s", 111_111));
        later.Add("RoomWs", "4 for each connection", Figure("per_s", 22_222));
        new ResultsFolder(files.Folder).Save(WorkOf("info"), first);
        var folder = new ResultsFolder(files.Folder);

        folder.Save(WorkOf("meta"), later);
        folder.Save(WorkOf("meta"), later);

        var report = File.ReadAllText(folder.Report);
        report.Should().Contain("111,111").And.Contain("22,222").And.Contain("./run.sh bench --work some").And.Contain("ws 8.23.0");
        File.Exists(Path.Combine(files.Folder, "chat.svg")).Should().BeFalse("chat was not measured");
    }

    private static WorkResult Result() => new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 0, TimeSpan.Zero),
        "2 cores",
        "./run.sh bench --work some",
        new SortedDictionary<string, string>(StringComparer.Ordinal) { ["ws"] = "8.23.0" });

    private static Dictionary<string, double> Figure(string name, double value) => new(StringComparer.Ordinal) { [name] = value };

    private static LoadWork WorkOf(string name) => LoadWork.All.Single(work => work.Name == name);
}
