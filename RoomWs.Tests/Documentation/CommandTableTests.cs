using System.Reflection;
using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;

namespace RoomWs.Tests.Documentation;

/// <summary>The table of commands in protocol.md has every request, and what is in it is there.</summary>
internal sealed partial class CommandTableTests
{
    private const string Begin = "<!-- commands:begin (generated: ./run.sh test checks it) -->\n";
    private const string End = "<!-- commands:end -->\n";

    private static readonly string[] Columns = ["Type", "What for", "Who", "Reply", "Events", "Errors"];

    private static readonly string[][] Rows = [.. Markdown.Rows(Between())];

    private static readonly string[] MessageTypeNames =
        [.. typeof(MessageTypes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!)];

    /// <summary>The types whose comment says that a client sends them; a few go both ways.</summary>
    private static readonly string[] RequestTypes =
        [.. ClientType().Matches(Repository.Read("RoomWs.Protocol/MessageTypes.cs")).Select(type => type.Groups["type"].Value)];

    [Test]
    public void The_table_has_its_columns() => Rows[0].Should().Equal(Columns);

    [TestCaseSource(nameof(RequestTypes))]
    public void Each_request_has_one_row(string type) =>
        Rows.Should().ContainSingle(cells => cells[0].StartsWith($"[`{type}`](", StringComparison.Ordinal));

    [Test]
    public void Each_row_is_a_request_with_a_link_to_its_section()
    {
        var types = Rows.Skip(2).Select(cells => TypeCell().Match(cells[0])).ToList();

        types.Should().OnlyContain(type => type.Success && type.Groups["anchor"].Value.Equals(type.Groups["type"].Value, StringComparison.OrdinalIgnoreCase));
        types.Select(type => type.Groups["type"].Value).Should().BeEquivalentTo(RequestTypes);
        Rows.Should().OnlyContain(cells => cells.Length == Columns.Length && cells.All(cell => cell.Length > 0));
    }

    [Test]
    public void Replies_events_and_errors_are_names_of_the_protocol()
    {
        string[] errors = [.. Enum.GetValues<ErrorCode>().Select(Markdown.WireName)];

        Rows.Skip(2).SelectMany(cells => Names(cells[5])).Should().BeSubsetOf(errors);
        Rows.Skip(2).SelectMany(cells => Names(cells[3]).Concat(Names(cells[4]))).Should().BeSubsetOf(MessageTypeNames);
    }

    private static string Between()
    {
        var text = ProtocolDocument.Text;
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        return begin >= 0 && end > begin ? text[(begin + Begin.Length)..end] : throw new FormatException("protocol.md has no commands between the two comments that enclose them.");
    }

    private static IEnumerable<string> Names(string cell) => Name().Matches(cell).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"^\[`(?<type>[A-Z_]+)`\]\(docs/protocol/[a-z-]+\.md#(?<anchor>[a-z_]+)\)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TypeCell();

    [GeneratedRegex("""<summary>Client: .*\n *public const string \w+ = "(?<type>\w+)";""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ClientType();

    [GeneratedRegex("`(?<name>[A-Z_]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Name();
}
