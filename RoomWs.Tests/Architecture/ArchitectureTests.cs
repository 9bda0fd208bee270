using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Documentation;

namespace RoomWs.Tests.Architecture;

/// <summary>
/// The floors of RoomWs.Server: a folder uses only those below it, and the leaves. A new arrow is a decision: it goes on the list here, or
/// the code goes where it belongs.
/// </summary>
internal sealed class ArchitectureTests
{
    /// <summary>Who may use whom, from the top to the bottom.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["(root)"] = ["Hosting/CommandLine"],
        ["Hosting/CommandLine"] = ["Hosting", "Hosting/Settings", "Transport", "Storage/Postgres", "Storage/Sqlite", "Storage/Batch", "Identity", "Metrics", "Configuration"],
        ["Hosting"] =
        [
            "Hosting/Health", "Features/Auditing", "Features/Boards", "Features/Connection", "Features/Invites", "Features/Live", "Features/Members",
            "Features/Messages", "Features/Rooms", "Features/RoomChanges", "Dispatch", "Fanout", "Sessions", "Transport", "Storage", "Storage/Sqlite", "Storage/Postgres", "Storage/Batch", "Model", "Wire",
            "Identity", "Metrics", "Configuration",
        ],
        ["Hosting/Settings"] = ["Transport", "Storage/Postgres", "Identity", "Configuration"],
        ["Hosting/Health"] = ["Fanout", "Sessions", "Transport", "Storage", "Configuration"],

        ["Features/Auditing"] = ["Dispatch", "Storage", "Model"],
        ["Features/Boards"] = ["Features/RoomChanges", "Dispatch", "Storage", "Storage/Batch", "Model", "Configuration"],
        ["Features/Connection"] = ["Features/RoomChanges", "Dispatch", "Fanout", "Sessions", "Storage", "Wire", "Identity", "Configuration"],
        ["Features/Invites"] = ["Features/RoomChanges", "Dispatch", "Storage", "Storage/Batch", "Model", "Configuration"],
        ["Features/Live"] = ["Dispatch", "Fanout", "Sessions", "Storage", "Model"],
        ["Features/Members"] = ["Features/RoomChanges", "Dispatch", "Fanout", "Storage", "Storage/Batch", "Model", "Wire", "Configuration"],
        ["Features/Messages"] = ["Dispatch", "Sessions", "Storage", "Storage/Batch", "Model", "Wire"],
        ["Features/Rooms"] = ["Features/RoomChanges", "Dispatch", "Storage", "Storage/Batch", "Model", "Wire", "Configuration"],
        ["Features/RoomChanges"] = ["Dispatch", "Storage", "Storage/Batch", "Model", "Configuration"],

        ["Dispatch"] = ["Fanout", "Sessions", "Storage", "Storage/Batch", "Model", "Wire", "Identity", "Metrics", "Configuration"],
        ["Fanout"] = ["Sessions", "Transport", "Storage", "Storage/Batch", "Model", "Wire", "Configuration"],
        ["Sessions"] = ["Transport", "Model", "Wire", "Identity", "Configuration"],
        ["Transport"] = ["Wire", "Identity", "Configuration"],
        ["Storage"] = ["Storage/Batch", "Model", "Metrics"],
        ["Storage/Sqlite"] = ["Storage/Batch", "Model", "Configuration"],
        ["Storage/Postgres"] = ["Storage/Batch", "Model", "Configuration"],
        ["Storage/Batch"] = ["Model", "Wire"],
        ["Model"] = ["Wire"],
        ["Identity"] = ["Configuration"],
    };

    /// <summary>Two types that are one thought, and know each other.</summary>
    private static readonly string[] Pairs =
    [
        "Dispatch/ChangeCommand.cs, Dispatch/ChangeJob.cs",
        "Fanout/CursorFrames.cs, Fanout/CursorNews.cs",
        "Fanout/LocalRoom.cs, Fanout/LocalUser.cs",
        "Storage/Sqlite/PreparedCommand.cs, Storage/Sqlite/PreparedConnection.cs",
        "Transport/Outbox.cs, Transport/SendBatch.cs",
    ];

    /// <summary>The packages that only some folders know, and these folders.</summary>
    private static readonly Dictionary<string, string[]> Packages = new(StringComparer.Ordinal)
    {
        ["Microsoft.Data.Sqlite"] = ["Storage/Sqlite"],
        ["SQLitePCLRaw"] = ["Storage/Sqlite"],
        ["Npgsql"] = ["Storage/Postgres"],
        ["Dapper"] = ["Storage", "Storage/Sqlite", "Storage/Postgres"],
        ["System.Data"] = ["Storage", "Storage/Batch", "Storage/Sqlite", "Storage/Postgres", "Hosting/Health"],
        ["Microsoft.AspNetCore.Server.Kestrel"] = ["Transport", "Hosting", "Hosting/Health"],
        ["Microsoft.AspNetCore.Connections"] = ["Transport", "Hosting", "Hosting/CommandLine", "Hosting/Health"],
        ["Microsoft.IdentityModel"] = ["Identity"],
        ["OpenTelemetry"] = ["Metrics"],
        ["Serilog"] = ["Hosting/CommandLine"],
        ["System.CommandLine"] = ["Hosting/CommandLine"],
    };

    /// <summary>What the tests have beside the server's folders.</summary>
    private static readonly string[] TestsAlone = ["Architecture", "Bench", "Documentation", "Examples", "Support", "SupportTests", "WholeServer"];

    private static IEnumerable<(string From, string To)> Listed => Allowed.SelectMany(folder => folder.Value.Select(target => (folder.Key, target)));

    [Test]
    public void All_of_the_sources_is_understood() => SourceGraph.Server.Unknown.Should().BeEmpty();

    [Test]
    public void No_folder_uses_another_that_is_not_on_its_list()
    {
        var forbidden = SourceGraph.Server.Uses.Where(use => use.Folder != use.TargetFolder && !Allowed.GetValueOrDefault(use.Folder, []).Contains(use.TargetFolder));

        // As one text, so that a failure shows all of them.
        string.Join('\n', forbidden).Should().BeEmpty("a folder uses those below it alone; see docs/ARCHITECTURE.md");
    }

    [Test]
    public void What_is_on_the_list_is_used() =>
        Listed.Except(SourceGraph.Server.Uses.Select(use => (use.Folder, use.TargetFolder))).Should().BeEmpty("an arrow that nothing needs would let something in");

    [Test]
    public void The_folders_form_no_circle() => SourceGraph.Circles(Listed).Should().BeEmpty();

    [Test]
    public void The_files_form_no_circle_but_pairs_that_are_one_thought() =>
        SourceGraph.Circles(SourceGraph.Server.Uses.Select(use => (use.File, use.Target)).Distinct()).Select(circle => string.Join(", ", circle)).Should().BeEquivalentTo(Pairs);

    [Test]
    public void A_circle_is_found()
    {
        SourceGraph.Circles([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e")]).Should().BeEquivalentTo(new[] { new[] { "a", "b", "c" } });
        SourceGraph.Circles([("a", "b"), ("b", "c"), ("a", "c")]).Should().BeEmpty();
    }

    [TestCaseSource(nameof(PackageNames))]
    public void Only_these_folders_know_the_package(string package) => SourceGraph.Server.Packages
        .Where(use => use.Target == package || use.Target.StartsWith(package + ".", StringComparison.Ordinal))
        .Select(use => use.Folder)
        .Distinct(StringComparer.Ordinal)
        .Should().BeEquivalentTo(Packages[package]);

    [Test]
    public void The_folders_of_the_tests_are_those_of_the_server() => SourceGraph.Files(Path.Combine(Repository.Root, "RoomWs.Tests"))
        .Select(file => Path.GetRelativePath(Path.Combine(Repository.Root, "RoomWs.Tests"), Path.GetDirectoryName(file)!).Replace('\\', '/'))
        .Distinct(StringComparer.Ordinal)
        .Where(folder => !TestsAlone.Contains(folder.Split('/')[0]) && !Directory.Exists(Path.Combine(Repository.Root, "RoomWs.Server", folder)))
        .Should().BeEmpty();

    [Test]
    public void No_file_has_more_than_250_lines([Values("RoomWs.Server", "RoomWs.Protocol", "RoomWs.Tests", "RoomWs.Bench")] string project) =>
        SourceGraph.Files(Path.Combine(Repository.Root, project)).Where(file => File.ReadLines(file).Count() > 250).Should().BeEmpty();

    private static string[] PackageNames() => [.. Packages.Keys];
}
