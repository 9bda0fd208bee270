using FluentAssertions;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Crashes;

/// <summary>One database file, the servers that are killed on it, and the pairs who know what it has to hold.</summary>
internal sealed class CrashRun : IDisposable
{
    /// <summary>Up to so long after the acknowledgement that was the last to count the kill comes: any moment of a batch is as good.</summary>
    private const double MostDelayMs = 8;

    private readonly TestFiles _files = new();
    private readonly Random _random;
    private readonly CrashPair[] _pairs;
    private readonly int _seed;
    private int _round;

    public CrashRun(int pairs, int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _pairs = [.. Enumerable.Range(1, pairs).Select(number => new CrashPair($"p{number}", _random.Next()))];
    }

    public int Acknowledged => _pairs.Sum(pair => pair.State.Done);

    /// <summary>How many requests were cut off before their reply.</summary>
    public int Retried { get; private set; }

    /// <summary>How many of those were stored all the same.</summary>
    public int StoredUnanswered { get; private set; }

    public IEnumerable<string> Kinds => _pairs.SelectMany(pair => pair.Kinds);

    private string Database => Path.Combine(_files.Folder, "rooms.db");

    private string Where => $"this is round {_round} of seed {_seed}";

    public void Dispose() => _files.Dispose();

    /// <summary>Starts a server that lets the pairs do what they do as fast as they can.</summary>
    public static Task<(ServerProcess Server, string Url)> StartAsync(string database) =>
        ServerProcess.StartListeningAsync(
            database,
            "--limits-requests-per-second", "0",
            "--limits-membership-actions-per-minute", "0",
            "--limits-creates-per-minute", "0",
            "--limits-adds-per-minute", "0",
            "--limits-ask-again-seconds", "0",
            "--log-level", "Warning");

    /// <summary>Starts the server, has everybody send again what was not answered, loads it, kills it, and looks at what it left.</summary>
    public async Task KillUnderLoadAsync(int fewestActs, int mostActs)
    {
        _round++;
        var (server, url) = await StartAsync();
        using var _ = server;
        var acts = _random.Next(fewestActs, mostActs + 1);
        var delay = TimeSpan.FromMilliseconds(MostDelayMs * _random.NextDouble());
        var wellUnderWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var load = Task.WhenAll(_pairs.Select(pair => pair.ActUntilTheEndAsync(() =>
        {
            if (Interlocked.Decrement(ref acts) == 0) wellUnderWay.SetResult();
        })));

        await Task.WhenAny(wellUnderWay.Task, load);
        await Task.Delay(delay);
        await server.KillAsync();
        await load;
        foreach (var pair in _pairs) pair.Disconnect();
        Check();
    }

    /// <summary>Has the last retries done, ends the server in good order, and looks again.</summary>
    public async Task EndAsync()
    {
        _round++;
        var (server, _) = await StartAsync();
        using var __ = server;
        foreach (var pair in _pairs) pair.Disconnect();
        server.Terminate();
        (await server.EndAsync()).ExitCode.Should().Be(0);
        Check();
    }

    private async Task<(ServerProcess Server, string Url)> StartAsync()
    {
        var (server, url) = await StartAsync(Database);
        if (_round == 1) await MakeSharedRoomAsync(url);
        await Task.WhenAll(_pairs.Select(async pair =>
        {
            await pair.ConnectAsync(url);
            await pair.RetryAsync();
            var (shown, expected) = await pair.LookAsync();
            shown.Should().Be(expected, Where);
        }));
        return (server, url);
    }

    public static async Task MakeSharedRoomAsync(string url)
    {
        using var host = await WireSocket.ConnectAsync(new Uri($"{url}?user=host"));
        await host.SendAsync($$"""{"type":"ROOM_CREATE","roomId":"{{PairSteps.Shared}}"}""");
        (await host.ReceiveAsync()).Should().Contain("ROOM_CREATED");
        await host.SendAsync($$"""{"type":"ROOM_BOARD_CREATE","roomId":"{{PairSteps.Shared}}","boardId":"{{PairSteps.Shared}}"}""");
        (await host.ReceiveAsync()).Should().Contain("ROOM_BOARD_CREATED");
    }

    /// <summary>Every pair's things are as they were acknowledged, or one step on where that step was not answered; and all agrees.</summary>
    private void Check()
    {
        var reading = CrashReading.Of(CopyOfFile());
        reading.Broken.Should().BeEmpty(Where);
        var sharedMoves = 0;
        foreach (var pair in _pairs)
        {
            var before = pair.State;
            var after = pair.Unanswered is { } step ? step.After with { Done = before.Done + 1 } : before;
            var found = reading.Show(pair);
            found.Should().BeOneOf([$"{before}", $"{after}"], $"{Where}, and {pair.Name} did not hear of {pair.Unanswered?.Type ?? "nothing"}");

            var isStored = found == $"{after}";
            sharedMoves += isStored ? after.SharedMoves : before.SharedMoves;
            reading.SharedSeqs(pair).Take(pair.SharedSeqs.Count).Should().Equal(pair.SharedSeqs, Where);
            if (pair.Unanswered is null) continue;
            Retried++;
            if (isStored) StoredUnanswered++;
        }

        reading.SharedVersion.Should().Be(1 + sharedMoves, Where);
    }

    /// <summary>The next server is to find the files as the last one left them, and not as whoever looked at them did.</summary>
    private string CopyOfFile()
    {
        var copy = Path.Combine(_files.Folder, "copy.db");
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(copy + suffix);
            if (suffix != "-shm" && File.Exists(Database + suffix)) File.Copy(Database + suffix, copy + suffix);
        }

        return copy;
    }
}
