using System.Text.Json;
using System.Text.RegularExpressions;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;

namespace RoomWs.Tests.Documentation;

/// <summary>A link of a page.</summary>
/// <param name="Line">The line that it is in.</param>
/// <param name="Target">Where it leads to, as it is written.</param>
internal sealed record Link(int Line, string Target);

/// <summary>As much of Markdown as the pages need.</summary>
internal static partial class Markdown
{
    /// <summary>The rows of all tables, those of their heads included.</summary>
    public static IEnumerable<string[]> Rows(string text) => Prose(text)
        .Where(line => line.Text.StartsWith("| ", StringComparison.Ordinal))
        .Select(line => line.Text.Trim().TrimStart('|').TrimEnd('|').Trim().Split(" | "));

    /// <summary>The links and pictures of a page.</summary>
    public static IEnumerable<Link> Links(string text) => Prose(text)
        .SelectMany(line => LinkTarget().Matches(CodeSpan().Replace(line.Text, "")).Select(match => new Link(line.Number, match.Groups["target"].Value)));

    /// <summary>What a link can name behind a #, by the rule of GitHub.</summary>
    public static IEnumerable<string> Anchors(string text)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (_, line) in Prose(text))
        {
            if (Heading().Match(line) is not { Success: true } heading) continue;
            var anchor = NotInAnchor().Replace(heading.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-');
            var count = counts[anchor] = counts.GetValueOrDefault(anchor, -1) + 1;
            yield return count == 0 ? anchor : FormattableString.Invariant($"{anchor}-{count}");
        }
    }

    /// <summary>What stands between blank lines, outside of fenced blocks; each as one line.</summary>
    public static IEnumerable<string> Paragraphs(string text)
    {
        var lines = new List<string>();
        foreach (var (_, line) in Prose(text).Append((0, "")))
        {
            if (line.Length > 0)
            {
                lines.Add(line);
                continue;
            }

            if (lines.Count > 0) yield return string.Join(' ', lines);
            lines.Clear();
        }
    }

    /// <summary>What stands below a heading of the second level, up to the next; null where there is no such heading.</summary>
    public static string? Section(string text, string heading) =>
        text.Split("\n## ").Skip(1).FirstOrDefault(section => section.StartsWith(heading + "\n", StringComparison.Ordinal));

    public static string WireName(ErrorCode code) =>
        JsonSerializer.SerializeToElement(new ErrorReply(code, ""), ProtocolJson.Wire.ErrorReply).GetProperty("code").GetString()!;

    /// <summary>The lines that are in no fenced block.</summary>
    private static IEnumerable<(int Number, string Text)> Prose(string text)
    {
        var isFenced = false;
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (isFence) isFenced = !isFenced;
            else if (!isFenced) yield return (number, line);
        }
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex LinkTarget();

    // Of a link whose text is code the target has to stay.
    [GeneratedRegex("`[^`]*`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex CodeSpan();

    [GeneratedRegex("^#{1,6} (?<text>.+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NotInAnchor();
}
