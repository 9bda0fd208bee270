using FluentAssertions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Soak;

/// <summary>A server, the clients that are connected to it all the while, and what is seen of both.</summary>
internal sealed class SoakRun : IDisposable
{
    /// <summary>So small that rooms fill up, and what is told stays a moderate multiple of what is done.</summary>
    public const int MembersPerRoom = 16;

    /// <summary>In the second half of the work, rounds of a worker between two samples of what has had no turn yet.</summary>
    private const int RoundsForSample = 5;

    private const int SocketsForRoom = 8;

    /// <summary>Every fifth user has two sockets.</summary>
    private const int SocketsForFiveUsers = 6;

    /// <summary>Of so many sockets one only listens.</summary>
    private const int SocketsForIdle = 5;

    /// <summary>Each does one thing after another with its share of the sockets.</summary>
    private const int Workers = 20;

    /// <summary>What the server may count beyond those that are open, for a connection that was dropped ends a moment later. With a slot that was not given back for each it would soon be full.</summary>
    private const int SpareConnections = 2 * Workers;

    /// <summary>Of each worker, which makes 600 things a second at most, with one to six requests each.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(33);

    private readonly ServerProcess _server;
    private readonly SoakClient[] _clients;
    private readonly SoakSteps[] _steps;
    private readonly Random[] _chances;
    private readonly string _walPath;

    private SoakRun(ServerProcess server, string url, string database, int sockets, int seed)
    {
        _server = server;
        _walPath = database + "-wal";
        AtStart = ProcessVitals.Of(server.Id);
        var users = sockets * 5 / SocketsForFiveUsers;
        World = new SoakWorld(url, users, sockets / SocketsForRoom);
        _clients = [.. Enumerable.Range(0, sockets).Select(number => new SoakClient(number, UserId(number % users), World))];
        _chances = [.. Enumerable.Range(0, Workers).Select(worker => new Random(seed + worker))];
        _steps = [.. _chances.Select(chance => new SoakSteps(World, chance))];
    }

    public SoakWorld World { get; }

    public ProcessVitals AtStart { get; }

    /// <summary>Of the server, at equal distances of work.</summary>
    public List<ProcessVitals> Series { get; } = [];

    /// <summary>The largest write-ahead log that was seen.</summary>
    public double WalMegabytes { get; private set; }

    /// <summary>How many views of a room, by a socket, were compared with the room.</summary>
    public int Compared { get; private set; }

    public static string UserId(int number) => FormattableString.Invariant($"u{number}");

    public static async Task<SoakRun> StartAsync(string database, int sockets, int seed)
    {
        var (server, url) = await ServerProcess.StartListeningAsync(
            database,
            "--limits-requests-per-second", "0",
            "--limits-membership-actions-per-minute", "0",
            "--limits-ask-again-seconds", "0",
            "--limits-creates-per-minute", "0",
            "--limits-adds-per-minute", "0",
            "--limits-members-per-room", $"{MembersPerRoom}",
            "--limits-connections", $"{sockets + SpareConnections}",
            "--log-format", "json");
        return new SoakRun(server, url, database, sockets, seed);
    }

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
        _server.Dispose();
    }

    /// <summary>Connects everybody, makes the first rooms, and has everybody work so many rounds.</summary>
    public async Task WorkAsync(int rounds, int samples)
    {
        await EachWorkerAsync(async worker =>
        {
            foreach (var client in ShareOf(worker)) await client.ConnectAsync();
            foreach (var client in ShareOf(worker).Where((_, i) => i % SocketsForRoom == 0)) await _steps[worker].CreateAsync(client);
        });
        await EachWorkerAsync(async worker =>
        {
            var active = ShareOf(worker).Where((_, i) => i % SocketsForIdle != SocketsForIdle - 1).ToArray();
            using var pace = new PeriodicTimer(Pace);
            for (var round = 1; round <= rounds; round++)
            {
                await pace.WaitForNextTickAsync();
                var client = active[_chances[worker].Next(active.Length)];
                await _steps[worker].DoAsync(client);
                // What has had no turn by then has no step of its own, as a command that is new.
                if (2 * round > rounds && round % RoundsForSample == 0) await _steps[worker].AskUndoneAsync(client);
                if (worker == 0 && round % (rounds / samples) == 0) Sample();
            }
        });
    }

    /// <summary>
    /// Brings back whoever is gone, and waits until all is told: every change has been answered by then, and what it had to tell a socket was
    /// queued before the reply to a PING that came later.
    /// </summary>
    public async Task SettleAsync()
    {
        await EachWorkerAsync(async worker =>
        {
            foreach (var client in ShareOf(worker).Where(client => !client.IsConnected)) await _steps[worker].ComeBackAsync(client);
        });
        await EachWorkerAsync(async worker =>
        {
            foreach (var client in ShareOf(worker)) await client.AskAsync(new { type = "PING" });
        });
    }

    /// <summary>What differs between what the sockets know and what the server says.</summary>
    public async Task<IReadOnlyList<string>> CompareAsync()
    {
        var looks = _steps.Select(_ => new SoakLook(World)).ToArray();
        await EachWorkerAsync(async worker =>
        {
            foreach (var client in ShareOf(worker)) await looks[worker].LookAsync(client, _chances[worker]);
        });
        Compared = looks.Sum(look => look.Compared);
        return [.. looks.SelectMany(look => look.Different)];
    }

    /// <summary>Has everybody go, half of them without a word, and waits until the server holds nothing of them; gives its files then.</summary>
    public async Task<int> LeaveAsync(int mostFiles)
    {
        await EachWorkerAsync(async worker =>
        {
            foreach (var (i, client) in ShareOf(worker).Index()) await (i % 2 == 0 ? client.CloseAsync() : client.DropAsync());
        });
        await Deadline.UntilAsync(() => ProcessVitals.Of(_server.Id).Files <= mostFiles, $"the server has {mostFiles} files open at most");
        return ProcessVitals.Of(_server.Id).Files;
    }

    /// <summary>Ends the server and gives its log.</summary>
    public async Task<SoakLog> EndAsync()
    {
        _server.Terminate();
        var (exitCode, error) = await _server.EndAsync();
        exitCode.Should().Be(0);
        return SoakLog.Of(error);
    }

    private void Sample()
    {
        Series.Add(ProcessVitals.Of(_server.Id));
        WalMegabytes = Math.Max(WalMegabytes, new FileInfo(_walPath).Length / 1_048_576.0);
    }

    private IEnumerable<SoakClient> ShareOf(int worker) => _clients.Where((_, i) => i % Workers == worker);

    private async Task EachWorkerAsync(Func<int, Task> work)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Workers).Select(work));
        }
        catch (Exception cause)
        {
            throw new InvalidOperationException($"{cause.Message} {string.Join('\n', World.Faults)} (seed {TestScale.Seed})", cause);
        }
    }
}
