using System.Diagnostics;
using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Examples;

/// <summary>The walks of docs/guide.md, by the wscat that its readers use.</summary>
internal sealed class WscatWalkTests
{
    [Test]
    [EitherDatabase]
    public async Task The_walk_goes_as_it_says([Values("walk.sh", "policies.sh", "live.sh")] string script)
    {
        RequireOnPath("npm", "bash");
        using var files = new TestFiles();
        await using var database = await TestDatabase.MakeAsync(files.Folder);
        var options = new RoomWsOptions { Dev = true, Port = 0 };
        database.Use(options);
        await using var server = await RoomWsServer.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);

        var (exitCode, output, error) = await WalkAsync(script, server.Url);

        exitCode.Should().Be(0, "it says {0}{1}", output, error);
        output.Should().EndWith("All as expected.\n");
    }

    [Test]
    public async Task The_walk_fails_where_there_is_no_server()
    {
        RequireOnPath("npm", "bash");

        var (exitCode, _, error) = await WalkAsync("walk.sh", "ws://127.0.0.1:1/ws");

        exitCode.Should().Be(1);
        error.Should().Contain("alice cannot connect to ws://127.0.0.1:1/ws");
    }

    [TestCase("walk.sh", "A walk with wscat")]
    [TestCase("policies.sh", "Three ways into a room")]
    [TestCase("live.sh", "Chat and live rooms")]
    public void The_guide_shows_the_same_walk(string script, string heading)
    {
        var shown = Repository.Read("docs/guide.md").Split('\n')
            .SkipWhile(line => line != "## " + heading)
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith('{'));
        var sent = File.ReadLines(PathOf(script))
            .Where(line => line.StartsWith("send ", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('{', StringComparison.Ordinal)..].TrimEnd('\''));

        shown.Should().Equal(sent);
    }

    private static string PathOf(string script) => Path.Combine(Repository.Root, "examples", "wscat", script);

    private static async Task<(int ExitCode, string Output, string Error)> WalkAsync(string script, string url)
    {
        var start = new ProcessStartInfo("bash", [PathOf(script), url])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var walk = Process.Start(start)!;
        walk.StandardInput.Close();
        var (output, error) = (walk.StandardOutput.ReadToEndAsync(), walk.StandardError.ReadToEndAsync());
        await walk.WaitForExitAsync();
        return (walk.ExitCode, await output, await error);
    }

    /// <summary>A developer without Node.js can run the other tests; where changes are let in, nothing is left out.</summary>
    private static void RequireOnPath(params string[] programs)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var missing = programs.FirstOrDefault(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program))));
        if (missing is null) return;

        var reason = $"{missing} is not on the PATH, and the walk needs it.";
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(reason);
        Assert.Ignore(reason);
    }
}
