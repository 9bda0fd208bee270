using FluentAssertions;
using RoomWs.Tests.Support;
using RoomWs.Tests.WholeServer.Soak;

namespace RoomWs.Tests.WholeServer.Abuse;

/// <summary>The server as a process of its own, with the limits that it has by itself, and what it needs while one user does its worst.</summary>
internal sealed class AbuseRun : IDisposable
{
    /// <summary>Changes in each quiet room. So many that one in a hundred of all is several, and in a long run that several bursts are among them.</summary>
    private static readonly int Changes = TestScale.Rounds(shortRun: 20, longRun: 400);

    /// <summary>So many that the first time that the server does something is not what is measured.</summary>
    private const int ChangesBefore = 40;

    /// <summary>Changes between two looks at the memory.</summary>
    private const int MemoryLook = 10;

    private readonly ServerProcess _server;
    private readonly ServerWork _work;
    private readonly Uri _url;

    private AbuseRun(ServerProcess server, string url) => (_server, _url, _work) = (server, new Uri(url), new ServerWork(server.Id));

    private double Megabytes => ProcessVitals.Of(_server.Id).ResidentMegabytes;

    public static async Task<AbuseRun> StartAsync(string database)
    {
        var (server, url) = await ServerProcess.StartListeningAsync(database);
        var run = new AbuseRun(server, url);
        using var warm = await QuietRooms.ConnectAsync(run._url, run._work);
        await warm.ChangeAsync(ChangesBefore, _ => { });
        return run;
    }

    /// <summary>Lets a user do its worst with a command for one burst, after which the code is compiled that the next one meets.</summary>
    public async Task WarmUpAsync(WorstRequest worst, int number)
    {
        using var quiet = await QuietRooms.ConnectAsync(_url, _work);
        using var abuser = await Abuser.ConnectAsync(_url, worst, number);
        abuser.Begin();
        await quiet.ChangeAsync(Changes / 4, _ => { });
        await abuser.EndAsync();
        quiet.Faults.Should().BeEmpty();
    }

    /// <summary>Lets one user do its worst with a command. Returns what it came to, and what the quiet users were answered wrongly.</summary>
    public async Task<(AbuseFigures Figures, IReadOnlyList<string> Faults)> AbuseAsync(WorstRequest worst, int number)
    {
        using var quiet = await QuietRooms.ConnectAsync(_url, _work);
        var before = Megabytes;
        using var abuser = await Abuser.ConnectAsync(_url, worst, number);
        await abuser.WarmUpAsync();
        await IdleAsync();
        var begun = _work.Now;
        var (half, most) = (begun, before);

        abuser.Begin();
        await quiet.ChangeAsync(Changes, sent =>
        {
            if (sent == Changes * QuietRooms.Count / 2) half = _work.Now;
            if (sent % MemoryLook == 0) most = Math.Max(most, Megabytes);
        });
        var (all, last) = (_work.Since(begun), _work.Since(half));
        most = Math.Max(most, Megabytes);
        await abuser.EndAsync();
        await IdleAsync();

        return (new AbuseFigures(abuser.Requests, abuser.Read / 1_048_576.0, [.. quiet.Waits], most - before, all, last), [.. quiet.Faults]);
    }

    /// <summary>Ends it in good order; a server that has failed at something says so in its log.</summary>
    public async Task EndAsync()
    {
        _server.Terminate();
        var (exitCode, log) = await _server.EndAsync();
        exitCode.Should().Be(0);
        log.Should().NotContain(" ERR ").And.NotContain("Exception");
    }

    public void Dispose()
    {
        _work.Dispose();
        _server.Dispose();
    }

    /// <summary>Waits until the server has nothing more to do, so that nobody pays for the one before.</summary>
    private async Task IdleAsync()
    {
        var last = _work.Now.Cpu;
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await look.WaitForNextTickAsync())
        {
            var now = _work.Now.Cpu;
            if (now - last <= TimeSpan.FromMilliseconds(10)) return;
            last = now;
        }
    }
}
