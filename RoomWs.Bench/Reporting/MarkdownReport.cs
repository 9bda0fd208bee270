using System.Globalization;
using System.Text;
using RoomWs.Bench.Work;

namespace RoomWs.Bench.Reporting;

/// <summary>Renders results.md: for each work a table of figures, and its targets.</summary>
internal static class MarkdownReport
{
    public static string Render(IReadOnlyDictionary<string, WorkResult> results)
    {
        var text = new StringBuilder();
        text.Append("# Benchmarks\n\n");
        text.Append("Written by `./run.sh bench` from what it measured (`results.json`). Server and load generator share one machine. Figures are medians of the rounds, in which the servers take turns; ");
        text.Append("a server CPU-s is a second of processor time of the server's process, in user and kernel mode.\n");
        if (results.ContainsKey("chat")) text.Append("\n![Deliveries per second of server CPU](chat.svg)\n");
        foreach (var work in LoadWork.All)
        {
            if (results.TryGetValue(work.Name, out var result)) Append(text, work, result);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, LoadWork work, WorkResult result)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {work.Title}\n\n`{work.Name}`: {work.About}\n\n");
        Row(text, ["server", "case", .. work.Columns.Select(column => column.Title)]);
        Row(text, ["---", "---", .. work.Columns.Select(_ => "--:")]);
        // Group the rows by case, with RoomWs first; the other servers keep the order in which they were measured first.
        foreach (var row in result.Measurements.GroupBy(row => row.Case).SelectMany(@case => @case.OrderBy(row => row.Server != Servers.Peers.RoomWs)))
            Row(text, [row.Server, row.Case, .. work.Columns.Select(column => column.Write(result, row))]);

        foreach (var note in result.Notes) text.Append(CultureInfo.InvariantCulture, $"\n{note}\n");
        AppendTargets(text, work.Targets(result));
        var versions = string.Join(", ", result.Versions.Select(version => $"{version.Key} {version.Value}"));
        text.Append(CultureInfo.InvariantCulture, $"\n{result.Date:yyyy-MM-dd HH:mm} UTC; {result.Machine}; {versions}; {Rounds(result)}; `{result.Command}`\n");
    }

    private static void AppendTargets(StringBuilder text, IReadOnlyList<Target> targets)
    {
        if (targets.Count == 0) return;
        text.Append('\n');
        Row(text, ["target", "measured", "is to be", "met"]);
        Row(text, ["---", "--:", "--:", "---"]);
        foreach (var target in targets) Row(text, [target.Text, target.Measured, target.Bound, target.Verdict]);
    }

    private static string Rounds(WorkResult result)
    {
        var rounds = result.Measurements.Select(row => row.Rounds.Count).DefaultIfEmpty(0).Max();
        return rounds == 1 ? "1 round" : string.Create(CultureInfo.InvariantCulture, $"{rounds} rounds");
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
