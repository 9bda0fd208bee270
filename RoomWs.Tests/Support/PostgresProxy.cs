using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace RoomWs.Tests.Support;

/// <summary>The way of one node to PostgreSQL, which a test can cut at an exact place of a batch, let fall silent, or have notifications go astray on.</summary>
internal sealed class PostgresProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly List<ProxiedSession> _sessions = [];
    private readonly string _host;
    private readonly int _port;
    private TaskCompletionSource _speaks = new();
    private (ProxyPlace Place, TaskCompletionSource<ProxiedSession> Stopped)? _stop;

    /// <summary>Opens the way to a server.</summary>
    /// <param name="connection">The connection string that leads to it directly.</param>
    public PostgresProxy(string connection)
    {
        _listener.Start();
        var direct = new NpgsqlConnectionStringBuilder(connection);
        (_host, _port) = (direct.Host!, direct.Port);
        _speaks.SetResult();
        Connection = new NpgsqlConnectionStringBuilder(connection)
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
            // What it cannot read it could not stop in the middle.
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ToString();
        _ = AcceptAsync();
    }

    /// <summary>The connection string that leads through it.</summary>
    public string Connection { get; }

    public NotificationFault Notifications { get; set; }

    /// <summary>Ends at once, but while it is silent.</summary>
    public Task Speaks
    {
        get
        {
            lock (_gate) return _speaks.Task;
        }
    }

    /// <summary>Stops the first session that comes to this place of a batch. The task is done when it has.</summary>
    public Task<ProxiedSession> StopAt(ProxyPlace place)
    {
        var stopped = new TaskCompletionSource<ProxiedSession>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _stop = (place, stopped);
        return stopped.Task;
    }

    /// <summary>Whether a session that has come to a place is to stop there.</summary>
    public bool Stops(ProxiedSession session, ProxyPlace place)
    {
        lock (_gate)
        {
            if (_stop is not { } stop || stop.Place != place) return false;
            _stop = null;
            return stop.Stopped.TrySetResult(session);
        }
    }

    /// <summary>From now on nothing passes in either direction, and no connection ends or begins: as if the wire were cut.</summary>
    public void FallSilent()
    {
        lock (_gate) _speaks = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>All passes again, with what has waited.</summary>
    public void Speak()
    {
        lock (_gate) _speaks.TrySetResult();
    }

    /// <summary>Ends all sessions, as the end of a host does.</summary>
    public void CutAll()
    {
        lock (_gate) _sessions.ForEach(session => session.Cut());
    }

    public void Dispose()
    {
        _listener.Dispose();
        CutAll();
        Speak();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _ = ConnectAsync(client);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The way is closed.
        }
    }

    private async Task ConnectAsync(TcpClient client)
    {
        var server = new TcpClient();
        try
        {
            await Speaks;
            await server.ConnectAsync(_host, _port);
            (client.NoDelay, server.NoDelay) = (true, true);
            var session = new ProxiedSession(this, client, server);
            lock (_gate) _sessions.Add(session);
            await session.Ended;
            lock (_gate) _sessions.Remove(session);
        }
        catch (SocketException)
        {
            // The database is not there: the node is to see the same.
        }
        finally
        {
            server.Dispose();
            client.Dispose();
        }
    }
}
