using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Documentation;

/// <summary>What protocol.md and its pages show is what the server does.</summary>
internal sealed class ProtocolExamplesTests
{
    /// <summary>One comes only where more than a hundred users have asked, which is too long for an example. ManyRequestsTests compares it with its page.</summary>
    private static readonly string[] MessageTypeNames = [.. Contract.MessageTypeNames.Except([MessageTypes.RoomJoinRequestsPending])];

    [EitherDatabase]
    [TestCaseSource(nameof(Examples))]
    public async Task The_server_does_what_the_example_shows(Example example)
    {
        using var files = new TestFiles();
        var options = new RoomWsOptions
        {
            Dev = true,
            Port = 0,
            JwtSecret = "a secret of thirty-two bytes or more",
        };
        await using var database = await TestDatabase.MakeAsync(files.Folder);
        database.Use(options);
        // Who comes online is told in its own time, and would stand between the lines of the other examples.
        if (!example.TellsPresence) options.Limits.PresenceMembers = 1;
        await using var server = await RoomWsServer.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        using var run = new ExampleRun(server);
        await run.PlayAsync(example);
    }

    [TestCaseSource(nameof(MessageTypeNames))]
    public void Every_type_of_message_is_in_an_example(string type) => ProtocolDocument.Examples
        .SelectMany(example => example.Steps)
        .Should().Contain(step => step.Text.Contains($"\"type\":\"{type}\"", StringComparison.Ordinal));

    internal static IEnumerable<TestCaseData> Examples() =>
        ProtocolDocument.Examples.Select(example => new TestCaseData(example).SetArgDisplayNames(example.Name));
}
