using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting;

/// <summary>What a client chooses cannot look like something that the server says in its log.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LogForgeryTests : IDisposable
{
    private readonly TestFiles _files = new();

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    public void Dispose() => _files.Dispose();

    [TestCase("x ended after 1 s with 1000: y", "x ended after 1 s with 1000: y")]
    [TestCase("x\" of user \"y", "x\\\" of user \\\"y")]
    [TestCase("\\", "\\\\")]
    [TestCase("a\u00a0b", "a\\u00a0b")]
    [Platform(Exclude = "Win", Reason = "There is no SIGTERM.")]
    public async Task A_user_id_is_quoted_and_escaped_in_the_log_of_a_process(string userId, string shown)
    {
        var (server, url) = await ServerProcess.StartListeningAsync(Database);
        using var _ = server;
        (await WireSocket.ConnectAsync(new Uri($"{url}?user={Uri.EscapeDataString(userId)}"))).Dispose();
        var log = await EndAsync(server);

        log.Should().Contain($" opened, user \"{shown}\" (from 127.0.0.1)").And.Contain($" of user \"{shown}\" ended after ");
    }

    [TestCase("bob: FORBIDDEN (connection y)", "r:.FORBIDDEN")]
    [TestCase("bob on room \"r\"", "r-2")]
    [Platform(Exclude = "Win", Reason = "There is no SIGTERM.")]
    public async Task Who_was_refused_a_room_is_too_and_so_is_the_room(string userId, string roomId)
    {
        var (server, url) = await ServerProcess.StartListeningAsync(Database);
        using var _ = server;
        using (var alice = await WireSocket.ConnectAsync(new Uri(url + "?user=alice")))
        using (var other = await WireSocket.ConnectAsync(new Uri($"{url}?user={Uri.EscapeDataString(userId)}")))
        {
            await alice.SendAsync($$"""{"type":"ROOM_CREATE","roomId":"{{roomId}}"}""");
            await alice.ReceiveAsync();
            await other.SendAsync($$"""{"type":"ROOM_INFO","roomId":"{{roomId}}"}""");
            (await other.ReceiveAsync()).Should().Contain("FORBIDDEN");
        }

        (await EndAsync(server)).Should().Contain($"Refused ROOM_INFO of user {LogText.Quote(userId)} on room \"{roomId}\": FORBIDDEN (connection ");
    }

    private static async Task<string> EndAsync(ServerProcess server)
    {
        server.Terminate();
        var (exitCode, log) = await server.EndAsync();
        exitCode.Should().Be(0, log);
        return log;
    }
}
