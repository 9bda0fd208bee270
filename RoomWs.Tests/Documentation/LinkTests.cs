using FluentAssertions;
using NUnit.Framework;

namespace RoomWs.Tests.Documentation;

/// <summary>What the pages point at is there, and the first of them stays short.</summary>
internal sealed class LinkTests
{
    private const int ReadmeLines = 150;

    private static readonly string[] Pages =
        ["README.md", "protocol.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", .. Repository.Files("docs", "*.md")];

    [TestCaseSource(nameof(Pages))]
    public void Each_link_leads_somewhere(string page)
    {
        var broken = Markdown.Links(Repository.Read(page))
            .Where(link => !link.Target.Contains("://", StringComparison.Ordinal) && !link.Target.StartsWith("mailto:", StringComparison.Ordinal))
            .Where(link => !LeadsSomewhere(page, link.Target))
            .Select(link => FormattableString.Invariant($"{page}:{link.Line}: {link.Target}"));

        broken.Should().BeEmpty();
    }

    [Test]
    public void Each_page_of_docs_can_be_reached_from_the_readme()
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<string>(["README.md"]);
        while (waiting.TryDequeue(out var page))
        {
            if (!reached.Add(page)) continue;
            foreach (var link in Markdown.Links(Repository.Read(page)).Where(link => !link.Target.Contains("://", StringComparison.Ordinal)))
            {
                var (path, _) = Resolve(page, link.Target);
                if (Pages.Contains(path)) waiting.Enqueue(path);
            }
        }

        reached.Should().Contain(Pages);
    }

    [Test]
    public void The_readme_is_short() => Repository.Read("README.md").TrimEnd('\n').Split('\n').Should().HaveCountLessThanOrEqualTo(ReadmeLines);

    private static bool LeadsSomewhere(string page, string target)
    {
        var (path, anchor) = Resolve(page, target);
        var file = Path.Combine(Repository.Root, path);
        if (anchor.Length == 0) return File.Exists(file) || Directory.Exists(file);
        return File.Exists(file) && Markdown.Anchors(Repository.Read(path)).Contains(anchor);
    }

    private static (string Path, string Anchor) Resolve(string page, string target)
    {
        var parts = target.Split('#', 2);
        var anchor = parts.Length == 2 ? parts[1] : "";
        if (parts[0].Length == 0) return (page, anchor);

        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        var path = Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(folder, parts[0])));
        return (path.Replace('\\', '/'), anchor);
    }
}
