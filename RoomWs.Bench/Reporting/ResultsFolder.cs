using System.Text;
using System.Text.Json;
using RoomWs.Bench.Work;

namespace RoomWs.Bench.Reporting;

/// <summary>
/// The folder of the results: results.json holds the measurements, and the other files are rendered from it. A run of only some works
/// replaces only their results.
/// </summary>
internal sealed class ResultsFolder(string folder)
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SortedDictionary<string, WorkResult> _results = Read(Path.Combine(folder, "results.json"));

    public string Report => Path.Combine(folder, "results.md");

    public void Save(LoadWork work, WorkResult result)
    {
        _results[work.Name] = result;
        Directory.CreateDirectory(folder);
        Write("results.json", JsonSerializer.Serialize(_results, Readable) + "\n");
        Write("results.md", MarkdownReport.Render(_results));
        if (ChatChart.Render(_results) is { } chart) Write("chat.svg", chart);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    private static SortedDictionary<string, WorkResult> Read(string path) =>
        File.Exists(path) && JsonSerializer.Deserialize<SortedDictionary<string, WorkResult>>(File.ReadAllText(path), Readable) is { } known
            ? known
            : new SortedDictionary<string, WorkResult>(StringComparer.Ordinal);
}
