using System.Net.Sockets;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Abuse;

/// <summary>A user with as many connections as one may have, half of which never read, that does its worst with one command.</summary>
internal sealed class Abuser : IDisposable
{
    public const int Connections = 20;

    /// <summary>After such a rest the user may send a burst again.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    /// <summary>On each connection at once; all together are a quarter more than the user may after a rest.</summary>
    private const int Burst = 50;

    private readonly WorstRequest _worst;
    private readonly int _number;
    private readonly List<RawClient> _sockets = [];
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _work = [];
    private long _made;
    private long _requests;
    private long _read;

    private Abuser(WorstRequest worst, int number) => (_worst, _number) = (worst, number);

    /// <summary>How many requests it has sent.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>How many bytes came back on the connections that read.</summary>
    public long Read => Interlocked.Read(ref _read);

    public static async Task<Abuser> ConnectAsync(Uri server, WorstRequest worst, int number)
    {
        var abuser = new Abuser(worst, number);
        for (var i = 0; i < Connections; i++)
        {
            var socket = await RawClient.OpenAsync(server, $"?user={AbuseScene.User(number)}");
            abuser._sockets.Add(socket);
            // Only what needs it: the state of a large room is dear, and twenty of them leave nothing of what the abuser may ask.
            if (AbuseScene.NeedsEntering(worst)) await socket.SendAsync(RawClient.TextFrame($$"""{"type":"ROOM_ENTER","roomId":"{{AbuseScene.Name(worst, number, CommandSample.Room, inList: false, 0)}}"}"""));
        }

        return abuser;
    }

    /// <summary>Sends the first request, so that what the server does for the first time is done.</summary>
    public Task WarmUpAsync() => SendAsync(_sockets[0], Next());

    public void Begin()
    {
        // Made before: making them takes the machine longer than some take the server.
        byte[][][] bursts = [.. _sockets.AsParallel().Select(_ => MakeBurst())];
        foreach (var (i, socket) in _sockets.Index())
        {
            _work.Add(Task.Run(() => SendAsync(socket, bursts[i])));
            if (i % 2 == 0) _work.Add(Task.Run(() => ReadAsync(socket)));
        }
    }

    public async Task EndAsync()
    {
        await _end.CancelAsync();
        foreach (var socket in _sockets) socket.Dispose();
        await Task.WhenAll(_work).OrFailAsync("the end of the abuse");
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
        _end.Dispose();
    }

    private Task SendAsync(RawClient socket, byte[][] burst) => UntilItEndsAsync(async () =>
    {
        using var rest = new PeriodicTimer(Rest);
        while (true)
        {
            foreach (var request in burst) await SendAsync(socket, request);
            await rest.WaitForNextTickAsync(_end.Token);
            burst = MakeBurst();
        }
    });

    private Task ReadAsync(RawClient socket) => UntilItEndsAsync(async () =>
    {
        var buffer = new byte[65_536];
        while (await socket.ReadSomeAsync(buffer) is var count and > 0) Interlocked.Add(ref _read, count);
    });

    private async Task SendAsync(RawClient socket, byte[] request)
    {
        await socket.SendUnboundedAsync(request);
        Interlocked.Increment(ref _requests);
    }

    private byte[][] MakeBurst() => [.. Enumerable.Range(0, Burst).Select(_ => Next())];

    private byte[] Next()
    {
        var number = Interlocked.Increment(ref _made) - 1;
        return RawClient.Frame(0x81, _worst.Make(number, (place, inList, at) => AbuseScene.Name(_worst, _number, place, inList, at)));
    }

    private static async Task UntilItEndsAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception end) when (end is IOException or SocketException or InvalidOperationException or NotSupportedException or OperationCanceledException)
        {
            // The server has had enough of it, or the test. It is invalid to send on a connection that is closed, and not supported to read of it.
        }
    }
}
