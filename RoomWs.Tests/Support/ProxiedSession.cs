using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace RoomWs.Tests.Support;

/// <summary>A session of a node on its way through a <see cref="PostgresProxy"/>, which can stop it, have it go on, or cut it.</summary>
internal sealed class ProxiedSession : IDisposable
{
    private readonly PostgresProxy _proxy;
    private readonly TcpClient _client;
    private readonly TcpClient _server;
    private readonly SessionTalk _talk = new();
    private readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _keptBack;

    public ProxiedSession(PostgresProxy proxy, TcpClient client, TcpClient server)
    {
        (_proxy, _client, _server) = (proxy, client, server);
        Ended = Task.WhenAll(PumpAsync(client, server, isFromClient: true), PumpAsync(server, client, isFromClient: false));
    }

    /// <summary>Ends with the session.</summary>
    public Task Ended { get; }

    /// <summary>Has it go on where it was stopped.</summary>
    public void GoOn() => _goesOn.TrySetResult();

    /// <summary>Ends it in both directions, with whatever was on the way.</summary>
    public void Cut()
    {
        Dispose();
        GoOn();
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool isFromClient)
    {
        try
        {
            var (source, sink) = (PipeReader.Create(from.GetStream()), PipeWriter.Create(to.GetStream()));
            while (true)
            {
                var read = await source.ReadAsync();
                var rest = read.Buffer;
                await _proxy.Speaks;
                while (TryTake(ref rest, isFromClient, out var message)) await PassAsync(message, sink, isFromClient);
                await _proxy.Speaks;
                await sink.FlushAsync();
                source.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted) break;
            }
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One of the two has ended it, or it was cut.
        }
        finally
        {
            await _proxy.Speaks;
            Dispose();
        }
    }

    private bool TryTake(ref ReadOnlySequence<byte> bytes, bool isFromClient, out byte[] message) =>
        isFromClient ? _talk.TryTakeFromClient(ref bytes, out message) : SessionTalk.TryTakeFromServer(ref bytes, out message);

    private async Task PassAsync(byte[] message, PipeWriter sink, bool isFromClient)
    {
        if ((isFromClient ? _talk.OfClient(message) : _talk.OfServer(message)) is { } place && _proxy.Stops(this, place))
        {
            // What is before the place goes.
            await sink.FlushAsync();
            await _goesOn.Task;
        }

        foreach (var passed in SessionTalk.IsNotification(message) && !isFromClient ? Notifications(message) : [message]) sink.Write(passed);
    }

    private byte[][] Notifications(byte[] message)
    {
        switch (_proxy.Notifications)
        {
            case NotificationFault.Dropped:
                return [];
            case NotificationFault.Doubled:
                return [message, message];
            case NotificationFault.Swapped when _keptBack is null:
                _keptBack = message;
                return [];
            default:
                byte[][] both = _keptBack is { } kept ? [message, kept] : [message];
                _keptBack = null;
                return both;
        }
    }
}
