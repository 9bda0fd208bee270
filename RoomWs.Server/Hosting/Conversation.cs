using System.IO.Pipelines;
using System.Net.WebSockets;
using RoomWs.Protocol;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Hosting;

/// <summary>What is said on a connection once it is admitted: reads its messages until it ends, and then forgets it everywhere. May be called from any thread.</summary>
internal sealed class Conversation(
    LimitOptions limits,
    Dispatcher dispatcher,
    ConnectionRegistry registry,
    EnteredRooms entered,
    LocalUsers users,
    Presence presence,
    RefusalLog refusals,
    ConnectionLog log)
{
    /// <summary>Runs a connection that is admitted, to its end.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="address">Its client's address, for the log.</param>
    public async Task RunAsync(ClientConnection connection, string address)
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
        catch (Exception fault)
        {
            // The close first: whatever becomes of the rest, the client is not to wait for replies that do not come.
            end = await FailAsync(connection);
            log.Failed(fault, connection);
        }
        finally
        {
            try
            {
                End(connection);
            }
            finally
            {
                try
                {
                    refusals.End(connection);
                }
                finally
                {
                    log.Ended(connection, end, address);
                }
            }
        }
    }

    /// <summary>Takes a connection out of all that knows of it. Nothing is read from it any more.</summary>
    public void End(ClientConnection connection)
    {
        // Each of these has to happen, whatever becomes of the others: what is left in the registry takes a place of its user for good.
        try
        {
            connection.Dispose();
        }
        finally
        {
            try
            {
                entered.ExitAll(connection);
            }
            finally
            {
                registry.Remove(connection, connection.Identity?.UserId);
                if (connection.Identity is { } identity)
                {
                    users.Go(identity.UserId);
                    presence.Went(identity.UserId, identity.Username);
                }
            }
        }
    }

    /// <summary>
    /// Reads and discards input for up to a second after the last frame. Closing a socket with unread input resets it, and the client could lose
    /// what it has not read yet.
    /// </summary>
    public static async Task DrainInputAsync(PipeReader input)
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

    /// <summary>Whether an exception says that the client, or the connection to it, is gone.</summary>
    public static bool IsGone(Exception exception) =>
        exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException;

    /// <summary>Reads messages until the connection ends, and returns how it ended.</summary>
    private async Task<ConnectionEnd> ReadAsync(ClientConnection connection)
    {
        try
        {
            await new ReadLoop(connection, dispatcher, limits.MessageBytes).RunAsync();
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

    /// <summary>Closes a connection that cannot go on by a fault of the server, with what waits for it.</summary>
    private static async Task<ConnectionEnd> FailAsync(ClientConnection connection)
    {
        connection.Close(CloseCode.InternalError, "the server failed; try again in a moment");
        try
        {
            await connection.Closed;
            await DrainInputAsync(connection.Input);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // The client did not wait for the close.
        }

        return ConnectionEnd.ByServer(connection.Closing!);
    }

    private static bool IsProtocolFault(WebSocketException exception) =>
        exception.WebSocketErrorCode is WebSocketError.Faulted or WebSocketError.HeaderError or WebSocketError.InvalidMessageType;
}
