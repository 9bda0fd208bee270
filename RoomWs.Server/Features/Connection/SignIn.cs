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
internal sealed class SignIn(LimitOptions limits, UserPlaces places, UserRates rates, LocalUsers users, Presence presence, ReadConnections reads, WriteQueue writes, UserNames names, PendingRequestNotice pendingRequests, TimeProvider time)
{
    /// <summary>
    /// How long a connection waits for one of the user's on another node to end. They are known here a moment after they do, and those of a node that is lost once others
    /// have noticed that.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

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

        await reads.ReadyAsync();
        var (stored, elsewhere) = reads.Read(read => (read.Users.Find(identity.UserId), presence.Elsewhere(read, identity.UserId)));
        if (connection.Identity is null && !await TryComeAsync(connection, identity.UserId, elsewhere.Connections))
        {
            return (new ErrorReply(ErrorCode.Unauthorized, $"The user has {limits.ConnectionsPerUser} connections already, which is the limit (ConnectionsPerUser)."), CloseCode.PolicyViolation);
        }

        var isNew = connection.Identity is null;
        connection.Identity = identity;
        if (isNew)
        {
            connection.Rate.User = rates.Of(identity.UserId);
            presence.Came(identity.UserId, identity.Username);
            connection.HasComeIn();
            // Another node may be about to tell that the user is gone. It knows better when this is written, and then the client may know that it is in.
            if (elsewhere.IsThere) await presence.WrittenAsync(identity.UserId);
        }

        await RememberAsync(identity, stored);
        return default;
    }

    /// <summary>
    /// Counts the connection as one of the user's. The user gets what its rooms are told before the connection does, so that nothing is missing on it from where
    /// it begins. False if the user has as many connections as it may.
    /// </summary>
    private async ValueTask<bool> TryComeAsync(ClientConnection connection, string userId, int elsewhere)
    {
        await users.ComeAsync(userId);
        var isIn = false;
        try
        {
            return isIn = await TryTakeAsync(connection, userId, elsewhere);
        }
        finally
        {
            if (!isIn) users.Go(userId);
        }
    }

    private async ValueTask<bool> TryTakeAsync(ClientConnection connection, string userId, int elsewhere)
    {
        var begun = time.GetTimestamp();
        while (!await places.TryTakeAsync(connection, userId, elsewhere))
        {
            if (elsewhere == 0 || time.GetElapsedTime(begun) >= Patience || connection.Closing is not null) return false;
            connection.FlushReplies();
            await Task.Delay(Pause, time, connection.Gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (connection.Gone.IsCancellationRequested) return false;
            elsewhere = reads.Read(read => presence.Elsewhere(read, userId)).Connections;
        }

        return true;
    }

    /// <summary>Stores name and picture for when the user is offline. Writes only if they have changed.</summary>
    private async Task RememberAsync(UserIdentity identity, UserRow? stored)
    {
        var user = new UserRow { Id = identity.UserId, Username = identity.Username, ThumbnailUrl = identity.ThumbnailUrl };
        if (stored == user) return;

        // The result is ignored: a user may connect even if the name cannot be stored. The next connection tries again.
        await writes.RunAsync(write => names.Save(user, write), committed: names.Saved, userId: user.Id);
    }
}
