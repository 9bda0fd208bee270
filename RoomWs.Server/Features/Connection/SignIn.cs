using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Fanout;
using RoomWs.Server.Identity;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Connection;

/// <summary>Makes a connection act for a user: the user's name is kept, and the connection counts among the user's.</summary>
internal sealed class SignIn(RoomWsOptions options, ConnectionRegistry registry, Presence presence, ReadConnections reads, WriteQueue writes, PendingRequestNotice pendingRequests)
{
    /// <summary>An identity that came with the upgrade. One that does not hold ends the connection, with the reason as an ERROR.</summary>
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

    /// <summary>Takes the identity on, or says why not and how to close.</summary>
    public async ValueTask<(ErrorReply? Error, CloseCode Close)> AcceptAsync(ClientConnection connection, UserIdentity identity)
    {
        if (connection.Identity is { } present && present.UserId != identity.UserId)
        {
            return (new ErrorReply(ErrorCode.Unauthorized, "This connection is another user's; open a new one."), CloseCode.Unauthorized);
        }

        var limit = options.Limits.ConnectionsPerUser;
        if (connection.Identity is null && !registry.TryIdentify(connection, identity.UserId, limit))
        {
            return (new ErrorReply(ErrorCode.Unauthorized, $"The user has {limit} connections already, which is the limit (ConnectionsPerUser)."), CloseCode.PolicyViolation);
        }

        var isNew = connection.Identity is null;
        connection.Identity = identity;
        if (isNew) presence.Came(identity.UserId, identity.Username);
        await RememberAsync(identity);
        return default;
    }

    /// <summary>Keeps name and picture for when the user is offline; costs a write only where they are new.</summary>
    private Task RememberAsync(UserIdentity identity)
    {
        var user = new UserRow { Id = identity.UserId, Username = identity.Username, ThumbnailUrl = identity.ThumbnailUrl };
        if (reads.Read(scope => scope.Users.Find(user.Id)) == user) return Task.CompletedTask;

        // A name that could not be kept is no reason to keep its user out; the next connection tries again.
        return writes.RunAsync(write => write.Users.Save(user, write.Now));
    }
}
