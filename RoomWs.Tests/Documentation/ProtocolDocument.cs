using System.Text.RegularExpressions;

namespace RoomWs.Tests.Documentation;

/// <summary>What a line of an example says: a socket connects, sends, receives or goes away, or the server drains.</summary>
internal enum StepKind
{
    Connects,
    Sends,
    Receives,
    Disconnects,
    Drains,
}

/// <summary>A line of an example.</summary>
/// <param name="Where">The file and the line, as in <c>docs/protocol/chat.md:17</c>.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Socket">Whose socket, such as <c>alice</c> or <c>alice/2</c>.</param>
/// <param name="Text">The frame, or the target that is connected to.</param>
internal sealed record Step(string Where, StepKind Kind, string Socket, string Text);

/// <summary>One fenced block with the info string roomws.</summary>
/// <param name="Name">The heading that it stands under.</param>
/// <param name="TellsPresence">Whether the info string says presence: only there the server tells who comes and goes.</param>
/// <param name="Steps">Its lines.</param>
internal sealed record Example(string Name, bool TellsPresence, IReadOnlyList<Step> Steps)
{
    public override string ToString() => Name;
}

/// <summary>protocol.md and the pages of docs/protocol, read for their examples.</summary>
internal static partial class ProtocolDocument
{
    private const string Folder = "docs/protocol";

    /// <summary>The page that all others hang on: commands, errors, close codes and limits are there.</summary>
    public static string Text { get; } = Repository.Read("protocol.md");

    public static IReadOnlyList<string> Pages { get; } = ["protocol.md", .. Repository.Files(Folder, "*.md")];

    public static IReadOnlyList<Example> Examples { get; } = ReadAll();

    private static List<Example> ReadAll()
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. Pages.SelectMany(page => Read(page, Repository.Read(page).Split('\n'), names))];
    }

    private static IEnumerable<Example> Read(string page, string[] lines, Dictionary<string, int> names)
    {
        var heading = "";
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith('#')) heading = lines[i].TrimStart('#').Trim();
            if (!lines[i].StartsWith("```", StringComparison.Ordinal)) continue;

            var begin = i;
            var steps = new List<Step>();
            var isExample = IsExample(lines[begin], Where(page, begin));
            for (i++; lines[i] != "```"; i++)
            {
                if (i == lines.Length - 1) throw new FormatException($"{Where(page, begin)}: this block does not end.");
                if (isExample) Add(steps, lines[i], Where(page, i));
            }

            if (!isExample) continue;
            var count = names[heading] = names.GetValueOrDefault(heading) + 1;
            yield return new Example(
                count == 1 ? heading : FormattableString.Invariant($"{heading} {count}"),
                lines[begin].EndsWith("presence", StringComparison.Ordinal),
                steps);
        }
    }

    /// <summary>A misspelt info string would take an example out of the tests in silence.</summary>
    private static bool IsExample(string fence, string where) => fence switch
    {
        "```roomws" or "```roomws presence" => true,
        "```js" or "```json" => false,
        _ => throw new FormatException($"{where}: \"{fence}\" is neither roomws nor another kind of block that these pages have."),
    };

    private static string Where(string page, int index) => FormattableString.Invariant($"{page}:{index + 1}");

    private static void Add(List<Step> steps, string line, string where)
    {
        if (line.Length == 0 || line.StartsWith('#')) return;

        // A frame may go on in indented lines.
        if (line.StartsWith(' ') && steps.Count > 0) steps[^1] = steps[^1] with { Text = steps[^1].Text + line.Trim() };
        else if (line == "server drains") steps.Add(new Step(where, StepKind.Drains, "", ""));
        else if (line.EndsWith(" disconnects", StringComparison.Ordinal)) steps.Add(new Step(where, StepKind.Disconnects, line.Split(' ')[0], ""));
        else if (Connects().Match(line) is { Success: true } connects) steps.Add(new Step(where, StepKind.Connects, connects.Groups["socket"].Value, connects.Groups["target"].Value));
        else if (Frame().Match(line) is { Success: true } frame) steps.Add(new Step(where, frame.Groups["way"].Value == ">" ? StepKind.Sends : StepKind.Receives, frame.Groups["socket"].Value, frame.Groups["text"].Value));
        else throw new FormatException($"{where}: \"{line}\" is no step of an example.");
    }

    [GeneratedRegex(@"^(?<socket>\w+(/\d+)?) connects( to (?<target>\S+))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Connects();

    [GeneratedRegex(@"^(?<socket>\w+(/\d+)?) (?<way>[<>]) (?<text>.+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Frame();
}
