using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Fanout;
using RoomWs.Server.Identity;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Connection;

/// <summary>Gives a connection its user: counts the connection as one of the user's, and stores the user's name and picture.</summary>
internal sealed class SignIn(LimitOptions limits, UserPlaces places, UserRates rates, LocalUsers users, Presence presence, ReadConnections reads, WriteQueue writes, UserNames names, PendingRequestNotice pendingRequests)
{
    /// <summary>Accepts the identity that came with the upgrade, or sends the reason as an ERROR and closes the connection.</summary>
    public async Task UpgradeAsync(ClientConnection connection, TokenResult found)
    {
        var (error, close) = found.IsAccepted
            ? await AcceptAsync(connection, found.Identity)
            : (new ErrorReply(ErrorCode.Unauthorized, found.Refusal), CloseCode.InvalidToken);
        if (error is null)
        {
            await pendingRequests.SendAsync(connection);
            return;
        }

        connection.Send(((OutboundMessage)error).Event);
        connection.Close(close, error.Message);
    }

    /// <summary>Accepts the identity, or returns the error and the close code.</summary>
    public async ValueTask<(ErrorReply? Error, CloseCode Close)> AcceptAsync(ClientConnection connection, UserIdentity identity)
    {
        if (connection.Identity is { } present && present.UserId != identity.UserId)
        {
            return (new ErrorReply(ErrorCode.Unauthorized, "This connection is another user's; open a new one."), CloseCode.Unauthorized);
        }

        if (connection.Identity is null && !await TryComeAsync(connection, identity.UserId))
        {
            return (new ErrorReply(ErrorCode.Unauthorized, $"The user has {limits.ConnectionsPerUser} connections already, which is the limit (ConnectionsPerUser)."), CloseCode.PolicyViolation);
        }

        var isNew = connection.Identity is null;
        connection.Identity = identity;
        if (isNew)
        {
            connection.Rate.User = rates.Of(identity.UserId);
            presence.Came(identity.UserId, identity.Username);
        }

        await RememberAsync(identity);
        return default;
    }

    /// <summary>
    /// Counts the connection as one of the user's. The user gets what its rooms are told before the connection does, so that nothing is missing on it from where
    /// it begins. False if the user has as many connections as it may.
    /// </summary>
    private async ValueTask<bool> TryComeAsync(ClientConnection connection, string userId)
    {
        await users.ComeAsync(userId);
        var isIn = false;
        try
        {
            return isIn = await places.TryTakeAsync(connection, userId);
        }
        finally
        {
            if (!isIn) users.Go(userId);
        }
    }

    /// <summary>Stores name and picture for when the user is offline. Writes only if they have changed.</summary>
    private async Task RememberAsync(UserIdentity identity)
    {
        var user = new UserRow { Id = identity.UserId, Username = identity.Username, ThumbnailUrl = identity.ThumbnailUrl };
        await reads.ReadyAsync();
        if (reads.Read(scope => scope.Users.Find(user.Id)) == user) return;

        // The result is ignored: a user may connect even if the name cannot be stored. The next connection tries again.
        await writes.RunAsync(write => names.Save(user, write), committed: names.Saved, userId: user.Id);
    }
}
