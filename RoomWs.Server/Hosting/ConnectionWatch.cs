using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Identity;
using RoomWs.Server.Sessions;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Hosting;

/// <summary>
/// Closes the connections whose time is up: without an identity after IdentifySeconds, or with a token that has expired. One look
/// at all of them a second, so that none needs a timer.
/// </summary>
internal sealed class ConnectionWatch(RoomWsOptions options, ConnectionRegistry registry, TimeProvider time)
{
    private const string Reason = "token expired";

    /// <summary>How long the last replies may take after the end of a token.</summary>
    private static readonly TimeSpan ToBeAnswered = TimeSpan.FromSeconds(5);

    private static readonly byte[] Expired =
        ((OutboundMessage)new ErrorReply(ErrorCode.Unauthorized, "The token has expired; connect again with a fresh one, or send it in a HELLO before the old one ends.")).Event;

    public void Look()
    {
        var now = time.GetUtcNow();
        foreach (var connection in registry.All)
        {
            if (connection.Closing is not null) continue;
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
                // A client that does not read its replies would stay for as long as it likes.
                if (end + ToBeAnswered <= now) connection.Close(CloseCode.TokenExpired, Reason);
            }
        }
    }
}
