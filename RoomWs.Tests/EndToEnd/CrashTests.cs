using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.EndToEnd;

/// <summary>What was answered before the process was killed is there when it is back.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CrashTests : IDisposable
{
    private const int Sockets = 16;
    private const int Rounds = 3;

    /// <summary>Replies in a round before the process is killed, so that every socket is well under way.</summary>
    private const int RepliesInRound = 800;

    private readonly TestFiles _files = new();
    private readonly RenamingClient[] _clients = [.. Enumerable.Range(1, Sockets).Select(number => new RenamingClient($"user{number}"))];

    public void Dispose() => _files.Dispose();

    [Test]
    public async Task Every_acknowledged_change_outlives_a_kill_and_is_one_version()
    {
        for (var round = 1; round <= Rounds; round++)
        {
            await LoadUntilKilledAsync(isFirst: round == 1);

            var (server, url) = await StartAsync();
            using var _ = server;
            foreach (var client in _clients)
            {
                var (version, name) = await client.ReadAsync(url);
                version.Should().BeInRange(1 + client.Acknowledged, 1 + client.Sent);
                name.Should().Be($"{version - 1}", "changes are made in the order in which they were sent, and none is left out");
                client.TakeAsAnswered(version);
            }

            await server.KillAsync();
        }
    }

    [Test]
    public async Task Unanswered_changes_sent_again_after_a_kill_happen_once()
    {
        for (var round = 1; round <= Rounds; round++)
        {
            await LoadUntilKilledAsync(isFirst: round == 1);

            var (server, url) = await StartAsync();
            using var _ = server;
            foreach (var client in _clients)
            {
                await client.RetryAsync(url);
                (await client.ReadAsync(url)).Should().Be((1L + client.Sent, $"{client.Sent}"));
            }

            await server.KillAsync();
        }
    }

    private async Task LoadUntilKilledAsync(bool isFirst)
    {
        var (server, url) = await StartAsync();
        using var _ = server;
        if (isFirst)
        {
            foreach (var client in _clients) await client.CreateRoomAsync(url);
        }

        var replies = 0;
        var wellUnderWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Task.WhenAll(_clients.Select(client => client.RenameUntilTheEndAsync(url, () =>
        {
            if (Interlocked.Increment(ref replies) == RepliesInRound) wellUnderWay.SetResult();
        })));

        await Task.WhenAny(wellUnderWay.Task, running);
        await server.KillAsync();
        await running;
    }

    private Task<(ServerProcess Server, string Url)> StartAsync() =>
        ServerProcess.StartListeningAsync(Path.Combine(_files.Folder, "rooms.db"), "--limits-requests-per-second", "0");
}
