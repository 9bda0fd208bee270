using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Features.Connection;
using RoomWs.Server.Identity;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Hosting;

/// <summary>Runs each accepted connection: handshake, identity, messages, end. May be called from any thread.</summary>
internal sealed class Listener(
    RoomWsOptions options,
    Handshake handshake,
    UpgradeIdentity upgradeIdentity,
    SignIn signIn,
    Dispatcher dispatcher,
    ConnectionRegistry registry,
    EnteredRooms entered,
    Presence presence,
    RefusalLog refusals,
    ConnectionLog log,
    TimeProvider time) : ConnectionHandler
{
    private static readonly HandshakeRefusal Draining = new(StatusCodes.Status503ServiceUnavailable, "The server is shutting down; try again in a moment.");

    private readonly ClientAddresses _addresses = new(options.TrustedProxies);
    private readonly Func<string, long> _waitingOfUser = registry.WaitingBytesOf;

    /// <summary>Set once, when the shutdown begins. From then on new connections are refused.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Refuses new connections, and closes each open one as soon as its requests are answered.</summary>
    public void Drain()
    {
        IsDraining = true;
        // A connection that is being added sees this and leaves, or is seen here: neither may look before its own write is visible.
        Interlocked.MemoryBarrier();
        foreach (var connection in registry.All) SendAway(connection);
    }

    /// <summary>Notes a client that was cut off when it was accepted, because there was no place even to refuse it in words.</summary>
    public void CutOff(EndPoint? remote, HandshakeRefusal refusal) => log.UpgradeRefused(refusal, isOverload: true, _addresses.ClientOf(remote, forwardedFor: null), origin: null);

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        try
        {
            if (await AdmitAsync(connection) is (var admitted, var address)) await ServeAsync(admitted, address);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            log.LostEarly(connection.ConnectionId, gone.Message);
        }
    }

    /// <summary>
    /// Accepts the upgrade, or refuses it and returns null. A method of its own, so that the request with its headers does not stay in memory
    /// as long as the connection.
    /// </summary>
    private async Task<(ClientConnection Connection, string Address)?> AdmitAsync(ConnectionContext context)
    {
        var (request, refusal) = await handshake.ReadAsync(context.Transport.Input);
        if (request is not null) refusal = handshake.Judge(request);
        if (refusal is null && IsDraining) refusal = Draining;
        // Accepted only to be told, see BoundedTransport.
        var surplus = context.Features.Get<HandshakeRefusal>();
        if (request is not null) refusal ??= surplus;
        var address = _addresses.ClientOf(context.RemoteEndPoint, request?.ForwardedFor);
        if (refusal is not null)
        {
            log.UpgradeRefused(refusal, refusal == surplus, address, refusal.Status == StatusCodes.Status403Forbidden ? request?.Origin : null);
            await RefuseAsync(context, refusal);
        }

        if (refusal is not null || request is null) return null;

        ClientConnection? connection = null;
        try
        {
            var outlet = OutletOf(context);
            await Handshake.AcceptAsync(request, outlet);
            connection = Open(context, outlet);
            // The drain may have gone through the registry just before this connection was added to it.
            if (IsDraining) SendAway(connection);
            if (await upgradeIdentity.FindAsync(request.Credentials) is { } found) await signIn.UpgradeAsync(connection, found);
            log.Opened(connection, address);
            return (connection, address);
        }
        catch
        {
            if (connection is not null) End(connection);
            throw;
        }
    }

    private ClientConnection Open(ConnectionContext context, Outlet outlet)
    {
        // The framework sends no pings: ConnectionWatch does.
        var protocol = new WebSocketCreationOptions { IsServer = true };
        var rate = new RequestRate(options.Limits, time);
        var connection = new ClientConnection(
            context.ConnectionId,
            context.Transport.Input,
            outlet,
            reason => context.Abort(new ConnectionAbortedException(reason)),
            protocol,
            options.Limits.OutboundQueueBytes,
            rate,
            time)
        {
            Gone = context.ConnectionClosed,
            WaitingOfUser = _waitingOfUser,
        };
        registry.Add(connection);
        return connection;
    }

    /// <summary>Gives each client a random time to come back at, so that they do not all reconnect at once.</summary>
    private void SendAway(ClientConnection connection)
    {
        var spread = (int)TimeSpan.FromSeconds(options.DrainSeconds).TotalMilliseconds;
        OutboundMessage draining = new ServerDraining(Random.Shared.Next(spread + 1));
        connection.Leave(CloseCode.GoingAway, "server is shutting down", draining.Event);
    }

    private Outlet OutletOf(ConnectionContext context) =>
        options.TlsCertificateFile is null && context.Features.Get<IConnectionSocketFeature>() is { } plain
            ? new SocketOutlet(plain.Socket)
            : new TlsOutlet(context.Transport.Output, context.Features.Get<IConnectionSocketFeature>()?.Socket);

    private async Task ServeAsync(ClientConnection connection, string address)
    {
        var end = ConnectionEnd.Lost;
        try
        {
            end = await ReadAsync(connection);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // First, because what waited for the client fails by the same end, and that looks like a close.
            if (connection.AbortReason == ClientConnection.NoAnswer) end = ConnectionEnd.Silent;
            else if (connection.Closing is { } closing) end = ConnectionEnd.ByServer(closing);
            else if (connection.AbortReason is { } reason) end = ConnectionEnd.CutOff(reason);
        }
        finally
        {
            End(connection);
            refusals.End(connection);
            log.Ended(connection, end, address);
        }
    }

    private void End(ClientConnection connection)
    {
        connection.Dispose();
        entered.ExitAll(connection);
        registry.Remove(connection, connection.Identity?.UserId);
        if (connection.Identity is { } identity) presence.Went(identity.UserId, identity.Username);
    }

    /// <summary>Reads messages until the connection ends, and returns how it ended.</summary>
    private async Task<ConnectionEnd> ReadAsync(ClientConnection connection)
    {
        try
        {
            await new ReadLoop(connection, dispatcher, options.Limits.MessageBytes).RunAsync();
        }
        catch (WebSocketException broken) when (connection.Socket.CloseStatus is null && IsProtocolFault(broken))
        {
            // The framework has queued a close frame with its own code; give the client a chance to read it.
            await DrainInputAsync(connection.Input);
            var code = connection.Closing?.Code ?? CloseCode.ProtocolError;
            var reason = broken.GetBaseException().Message;
            return new ConnectionEnd(EndedBy.Server, (int)code, code == CloseCode.PolicyViolation ? reason : $"broken frame: {reason}");
        }

        var byClient = connection.Closing is null;
        connection.Close(CloseCode.Normal, "");
        await connection.Closed;
        return byClient ? ConnectionEnd.ByClient((int?)connection.Socket.CloseStatus) : ConnectionEnd.ByServer(connection.Closing!);
    }

    private static async Task RefuseAsync(ConnectionContext connection, HandshakeRefusal refusal)
    {
        await Handshake.RefuseAsync(refusal, connection.Transport.Output);
        await connection.Transport.Output.CompleteAsync();
        await DrainInputAsync(connection.Transport.Input);
    }

    /// <summary>
    /// Reads and discards input for up to a second after the last frame. Closing a socket with unread input resets it, and the client could lose
    /// what it has not read yet.
    /// </summary>
    private static async Task DrainInputAsync(PipeReader input)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            while (true)
            {
                var result = await input.ReadAsync(patience.Token);
                input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return;
            }
        }
        catch (OperationCanceledException)
        {
            // The second is over.
        }
    }

    private static bool IsProtocolFault(WebSocketException exception) =>
        exception.WebSocketErrorCode is WebSocketError.Faulted or WebSocketError.HeaderError or WebSocketError.InvalidMessageType;

    private static bool IsGone(Exception exception) =>
        exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException;
}
