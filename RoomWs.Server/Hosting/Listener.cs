using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Fanout;
using RoomWs.Server.Features.Connection;
using RoomWs.Server.Identity;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Hosting;

/// <summary>Takes each accepted connection through its handshake, gives it its identity, and runs its conversation. May be called from any thread.</summary>
internal sealed class Listener(
    RoomWsOptions options,
    Handshake handshake,
    UpgradeIdentity upgradeIdentity,
    SignIn signIn,
    Conversation conversation,
    ConnectionRegistry registry,
    ConnectionLog log,
    FeedWatch? watch,
    TimeProvider time) : ConnectionHandler
{
    private static readonly HandshakeRefusal Draining = new(StatusCodes.Status503ServiceUnavailable, "The server is shutting down; try again in a moment.");
    private static readonly HandshakeRefusal CutOffNow = new(StatusCodes.Status503ServiceUnavailable, "This node cannot reach the database; try again in a moment, or another node.");

    private readonly ClientAddresses _addresses = new(options.TrustedProxies);
    private bool _isDraining;
    private readonly Func<string, long> _waitingOfUser = registry.WaitingBytesOf;

    /// <summary>Set once, when the shutdown begins. From then on new connections are refused. May be read from any thread.</summary>
    public bool IsDraining => Volatile.Read(ref _isDraining);

    /// <summary>Refuses new connections, and closes each open one as soon as its requests are answered.</summary>
    public void Drain()
    {
        Volatile.Write(ref _isDraining, true);
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
            if (await AdmitAsync(connection) is (var admitted, var address)) await conversation.RunAsync(admitted, address);
        }
        catch (Exception gone) when (Conversation.IsGone(gone))
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
        if (watch is { IsCutOff: true }) refusal ??= CutOffNow;
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
            connection = Open(context, Handshake.Acceptance(request));
            // The drain may have gone through the registry just before this connection was added to it.
            if (IsDraining) SendAway(connection);
            watch?.TurnAway(connection);
            if (await upgradeIdentity.FindAsync(request.Credentials) is { } found) await signIn.UpgradeAsync(connection, found);
            // Only now: a client whose socket is open is told of everything from here on.
            connection.FlushReplies();
            log.Opened(connection, address);
            return (connection, address);
        }
        catch (Exception cause) when (connection is not null)
        {
            if (Conversation.IsGone(cause))
            {
                conversation.End(connection);
                throw;
            }

            // An outage of the database is logged already.
            if (cause is StorageException)
            {
                connection.Close(CloseCode.ServiceRestart, "the database cannot be used; try again in a moment");
            }
            else
            {
                log.SignInFailed(cause, connection);
                connection.Close(CloseCode.InternalError, "the server failed; try again in a moment");
            }

            await connection.Closed;
            conversation.End(connection);
            return null;
        }
    }

    private ClientConnection Open(ConnectionContext context, byte[] acceptance)
    {
        // The framework sends no pings: ConnectionWatch does.
        var protocol = new WebSocketCreationOptions { IsServer = true };
        var rate = new RequestRate(options.Limits, time);
        var connection = new ClientConnection(
            context.ConnectionId,
            context.Transport.Input,
            OutletOf(context),
            reason => context.Abort(new ConnectionAbortedException(reason)),
            protocol,
            options.Limits.OutboundQueueBytes,
            rate,
            time)
        {
            Gone = context.ConnectionClosed,
            Coming = context.Features.Get<ComingClients.Client>(),
            WaitingOfUser = _waitingOfUser,
        };
        connection.AnswerUpgrade(acceptance);
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

    private static async Task RefuseAsync(ConnectionContext connection, HandshakeRefusal refusal)
    {
        await Handshake.RefuseAsync(refusal, connection.Transport.Output);
        await connection.Transport.Output.CompleteAsync();
        await Conversation.DrainInputAsync(connection.Transport.Input);
    }
}
