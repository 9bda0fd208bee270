using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;

namespace RoomWs.Tests.Documentation;

/// <summary>The tables of CONTRIBUTING.md lead to files that there are, and name all that a command has.</summary>
internal sealed partial class ContributingTests
{
    /// <summary>What the page adds in its example, and so is not there.</summary>
    private const string Example = "RenameBoard";

    private static readonly string Page = Repository.Read("CONTRIBUTING.md");

    private static IEnumerable<Contract> Contracts => Contract.All;

    [Test]
    public void The_files_that_the_tables_name_are_there()
    {
        string[] named = [.. Page.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).SelectMany(line => Paths().Matches(line.Split(" | ")[0])).Select(path => path.Groups["path"].Value)];

        named.Should().HaveCountGreaterThan(10);
        named.Where(path => !path.Contains(Example, StringComparison.Ordinal) && !IsThere(path)).Should().BeEmpty();
    }

    [TestCaseSource(nameof(Contracts))]
    public void A_command_has_its_contract_and_its_handler_where_the_table_says(object contract)
    {
        var stem = ((Contract)contract).Record.Name;
        var feature = ((Contract)contract).Record.Namespace!.Split('.')[^1];

        File.Exists(Path.Combine(Repository.Root, "RoomWs.Protocol", feature, $"{stem}.cs")).Should().BeTrue("the contract of {0} has a file of its name", stem);
        Directory.GetFiles(Path.Combine(Repository.Root, "RoomWs.Server", "Features"), $"{stem}Handler.cs", SearchOption.AllDirectories).Should().ContainSingle("that is the handler of {0}", stem);
    }

    /// <summary>So a command that is new, or gets another name, is no work anywhere else in the server.</summary>
    [TestCaseSource(nameof(Contracts))]
    public void Nothing_in_the_server_but_its_handler_and_its_line_names_a_command(object contract)
    {
        var stem = ((Contract)contract).Record.Name;
        // As a type; methods may have the same name.
        var name = new Regex($@"\b{stem}Handler\b|(wire\.|[<(]){stem}\b[^(]", RegexOptions.None, TimeSpan.FromSeconds(1));

        Directory.GetFiles(Path.Combine(Repository.Root, "RoomWs.Server"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => File.ReadLines(file).Any(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && name.IsMatch(line)))
            .Select(file => Path.GetFileName(file))
            .Should().BeEquivalentTo(["CommandTable.cs", $"{stem}Handler.cs"]);
    }

    private static bool IsThere(string path)
    {
        var full = Path.Combine(Repository.Root, path);
        return path.Contains('*', StringComparison.Ordinal)
            ? Directory.GetFiles(Path.GetDirectoryName(full)!, Path.GetFileName(full)).Length > 0
            : File.Exists(full) || Directory.Exists(full);
    }

    [GeneratedRegex("`(?<path>(RoomWs\\.|docs/)[^`]*)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Paths();
}
