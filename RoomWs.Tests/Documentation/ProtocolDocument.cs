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
/// <param name="Line">The line in protocol.md.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Socket">Whose socket, such as <c>alice</c> or <c>alice/2</c>.</param>
/// <param name="Text">The frame, or the target that is connected to.</param>
internal sealed record Step(int Line, StepKind Kind, string Socket, string Text);

/// <summary>One fenced block with the info string roomws.</summary>
/// <param name="Name">The heading that it stands under.</param>
/// <param name="TellsPresence">Whether the info string says presence: only there the server tells who comes and goes.</param>
/// <param name="Steps">Its lines.</param>
internal sealed record Example(string Name, bool TellsPresence, IReadOnlyList<Step> Steps)
{
    public override string ToString() => Name;
}

/// <summary>protocol.md, read for its examples.</summary>
internal static partial class ProtocolDocument
{
    public static string Text { get; } = File.ReadAllText(Path.Combine(Repository.Root, "protocol.md"));

    public static IReadOnlyList<Example> Examples { get; } = [.. Read(Text.Split('\n'))];

    private static IEnumerable<Example> Read(string[] lines)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var heading = "";
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith('#')) heading = lines[i].TrimStart('#').Trim();
            if (lines[i] is not ("```roomws" or "```roomws presence")) continue;

            var tellsPresence = lines[i].EndsWith("presence", StringComparison.Ordinal);
            var steps = new List<Step>();
            for (i++; lines[i] != "```"; i++) Add(steps, lines[i], i + 1);
            var count = names[heading] = names.GetValueOrDefault(heading) + 1;
            yield return new Example(count == 1 ? heading : FormattableString.Invariant($"{heading} {count}"), tellsPresence, steps);
        }
    }

    private static void Add(List<Step> steps, string line, int number)
    {
        if (line.Length == 0 || line.StartsWith('#')) return;

        // A frame may go on in indented lines.
        if (line.StartsWith(' ')) steps[^1] = steps[^1] with { Text = steps[^1].Text + line.Trim() };
        else if (line == "server drains") steps.Add(new Step(number, StepKind.Drains, "", ""));
        else if (line.EndsWith(" disconnects", StringComparison.Ordinal)) steps.Add(new Step(number, StepKind.Disconnects, line.Split(' ')[0], ""));
        else if (Connects().Match(line) is { Success: true } connects) steps.Add(new Step(number, StepKind.Connects, connects.Groups["socket"].Value, connects.Groups["target"].Value));
        else if (Frame().Match(line) is { Success: true } frame) steps.Add(new Step(number, frame.Groups["way"].Value == ">" ? StepKind.Sends : StepKind.Receives, frame.Groups["socket"].Value, frame.Groups["text"].Value));
        else throw new FormatException(FormattableString.Invariant($"protocol.md, line {number}: \"{line}\" is no step of an example."));
    }

    [GeneratedRegex(@"^(?<socket>\w+(/\d+)?) connects( to (?<target>\S+))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Connects();

    [GeneratedRegex(@"^(?<socket>\w+(/\d+)?) (?<way>[<>]) (?<text>.+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Frame();
}
