using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Fanout;
using RoomWs.Server.Identity;
using RoomWs.Server.Sessions;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Hosting;

/// <summary>
/// Closes connections that have no identity after IdentifySeconds, connections whose token has expired, those whose client does not live, and the
/// slowest readers where more than TotalQueueBytes wait for all.
/// Housekeeping scans all connections once a second, so that none needs a timer of its own.
/// </summary>
internal sealed class ConnectionWatch(RoomWsOptions options, ConnectionRegistry registry, TimeProvider time)
{
    private const string Reason = "token expired";

    /// <summary>Maximum time to send the last replies after the token has expired.</summary>
    private static readonly TimeSpan LastRepliesTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Something waits for every client now and then, if only while it is sent. Who has not once been without for so long does not keep up.
    /// </summary>
    private static readonly TimeSpan TimeToCatchUp = TimeSpan.FromSeconds(10);

    private static readonly byte[] Expired =
        ((OutboundMessage)new ErrorReply(ErrorCode.Unauthorized, "The token has expired; connect again with a fresh one, or send it in a HELLO before the old one ends.")).Event;

    public void Look()
    {
        var (now, waiting) = (time.GetUtcNow(), 0L);
        try
        {
            // One that cannot be looked at is no reason to leave the others open beyond their time.
            Each.Do(registry.All, connection =>
            {
                if (connection.Closing is not null) return;
                waiting += connection.WaitingBytes;
                LookAt(connection, now);
            });
        }
        finally
        {
            if (options.Limits.TotalQueueBytes is > 0 and var limit && waiting > limit) CloseSlowest(waiting - limit);
        }
    }

    private void LookAt(ClientConnection connection, DateTimeOffset now)
    {
        connection.Watch(TimeSpan.FromSeconds(options.PingSeconds), TimeSpan.FromSeconds(options.DeadSeconds));
        if (connection.Identity is not { } identity)
        {
            if (time.GetElapsedTime(connection.OpenedAt).TotalSeconds >= options.IdentifySeconds)
            {
                connection.Close(CloseCode.Unauthorized, $"no identity within {options.IdentifySeconds} s");
            }
        }
        else if (identity.ExpiresAt + TokenClaims.Skew is { } end && end <= now)
        {
            connection.Leave(CloseCode.TokenExpired, Reason, Expired);
            // Leave waits for the last replies; a client that does not read them could keep the connection open without this deadline.
            if (end + LastRepliesTimeout <= now) connection.Close(CloseCode.TokenExpired, Reason);
        }
    }

    /// <summary>Closes those that are behind, the largest queue first, until the rest is within the limit. Never one that keeps up.</summary>
    private void CloseSlowest(long excess)
    {
        var behind = registry.All
            .Where(connection => connection.Closing is null && connection.Life.BehindFor >= TimeToCatchUp)
            .Select(connection => (Connection: connection, connection.WaitingBytes))
            .OrderByDescending(slow => slow.WaitingBytes);
        foreach (var (connection, bytes) in behind)
        {
            if (excess <= 0) return;
            connection.CloseSlow("reads too slowly, and too much waits for all clients (TotalQueueBytes)");
            excess -= bytes;
        }
    }
}
