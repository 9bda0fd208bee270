using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;

namespace RoomWs.Tests.Documentation;

/// <summary>What an operator copies from the pages has to work together, and the log's events are all told of.</summary>
internal sealed partial class OperatingTests
{
    private static readonly string[] Pages = ["README.md", "protocol.md", "docs/operate.md", "docs/settings.md", "docs/guide.md", "docs/guarantees.md"];

    [TestCaseSource(nameof(Pages))]
    public void No_page_names_a_program_that_there_is_not(string page) => Repository.Read(page).Should().NotMatchRegex(@"(^|[\s`(])roomws (--|serve|token|check-config|health|backup)");

    [TestCaseSource(nameof(Pages))]
    public void A_server_beside_another_has_a_database_of_its_own(string page) => Repository.Read(page).Split('\n')
        .Where(line => line.Contains("--until-stdin-closes", StringComparison.Ordinal) && line.Contains("run.sh", StringComparison.Ordinal))
        .Where(line => !line.Contains("--database", StringComparison.Ordinal))
        .Should().BeEmpty();

    [Test]
    public void The_secret_is_made_once_and_used_everywhere()
    {
        var page = Repository.Read("docs/operate.md");

        Regex.Count(page, "openssl rand", RegexOptions.None, TimeSpan.FromSeconds(1)).Should().Be(1);
        Regex.Count(page, Regex.Escape("ROOMWS_JwtSecret=$(cat jwt-secret.txt)"), RegexOptions.None, TimeSpan.FromSeconds(1)).Should().Be(2);
        page.Should().Contain("text, not base64");
    }

    [Test]
    public void Each_event_of_the_log_above_debug_is_explained()
    {
        var explained = Markdown.Rows(Repository.Read("docs/operate.md")).SelectMany(cells => cells[0].Split(", ")).ToHashSet(StringComparer.Ordinal);
        var logged = Directory.EnumerateFiles(Path.Combine(Repository.Root, "RoomWs.Server"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Event().Matches(File.ReadAllText(file)))
            .Where(found => found.Groups["level"].Value is not ("Debug" or "Trace"))
            .Select(found => found.Groups["id"].Value)
            .ToList();

        logged.Should().HaveCountGreaterThan(20).And.OnlyHaveUniqueItems().And.BeSubsetOf(explained);
    }

    [GeneratedRegex(@"\[LoggerMessage\((EventId = )?(?<id>[0-9]+)(, (Level = )?LogLevel\.(?<level>[A-Za-z]+))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Event();
}
