using System.Globalization;
using System.Text;
using RoomWs.Bench.Work;

namespace RoomWs.Bench.Reporting;

/// <summary>Renders chat.svg: deliveries per second of server CPU, with one bar per server and window.</summary>
internal static class ChatChart
{
    private const int Width = 760;
    private const int NameWidth = 96;
    private const int ValueWidth = 84;
    private const int BarHeight = 18;
    private const int Top = 62;

    // Halfway between black and white, so that it is readable on dark and light pages.
    private const string Text = "#7a828c";

    private static readonly string[] RoomWsColors = ["#2f81f7", "#85b6f9"];
    private static readonly string[] PeerColors = ["#8b949e", "#b6bdc5"];

    /// <summary>Returns the chart, or null if chat was never measured. RoomWs on PostgreSQL has no bar: it is another comparison.</summary>
    public static string? Render(IReadOnlyDictionary<string, WorkResult> results)
    {
        if (!results.TryGetValue("chat", out var chat)) return null;

        var servers = chat.Measurements.Select(row => row.Server).Where(name => name != Servers.Peers.RoomWsOnPostgres).Distinct(StringComparer.Ordinal).OrderBy(name => name != Servers.Peers.RoomWs).ToList();
        if (servers.Count == 0) return null;
        var most = chat.Measurements.Where(row => servers.Contains(row.Server)).Max(row => row.Median("per_cpu_s") ?? 0);
        var height = Top + (servers.Count * ((2 * BarHeight) + 18)) + 4;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"Chat deliveries per second of server CPU\" font-family=\"system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif\" fill=\"{Text}\">\n");
        svg.Append("<text x=\"0\" y=\"18\" font-size=\"16\" font-weight=\"600\">Chat to 500 members: deliveries per second of server CPU</text>\n");
        svg.Append("<text x=\"0\" y=\"40\" font-size=\"13\">RoomWs has each message on disk first; the others store nothing. Longer is better.</text>\n");
        for (var i = 0; i < servers.Count; i++) AppendServer(svg, chat, servers[i], Top + (i * ((2 * BarHeight) + 18)), most);
        return svg.Append("</svg>\n").ToString();
    }

    private static void AppendServer(StringBuilder svg, WorkResult chat, string server, int top, double most)
    {
        var colors = server == Servers.Peers.RoomWs ? RoomWsColors : PeerColors;
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{NameWidth - 10}\" y=\"{top + BarHeight + 5}\" font-size=\"14\" font-weight=\"600\" text-anchor=\"end\">{server}</text>\n");
        for (var i = 0; i < ChatWork.Windows.Count; i++)
        {
            var @case = ChatWork.Case(ChatWork.Windows[i]);
            if (chat.Median(server, @case, "per_cpu_s") is not { } value) continue;
            var (y, length) = (top + (i * (BarHeight + 1)), value / most * (Width - NameWidth - ValueWidth - 60));
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{NameWidth}\" y=\"{y}\" width=\"{length:0.0}\" height=\"{BarHeight}\" rx=\"2\" fill=\"{colors[i]}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{NameWidth + length + 8:0.0}\" y=\"{y + 14}\" font-size=\"13\">{value:N0}, {@case}</text>\n");
        }
    }
}
