using System.Collections.Concurrent;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>
/// Gives a connection its place among its user's, of which there are ConnectionsPerUser. A network that breaks leaves dead sockets behind, and
/// they must not keep the user out until they are noticed: where all places are taken, the connection that has been silent longest has to answer
/// a ping, or it makes way. May be used from any thread.
/// </summary>
internal sealed class UserPlaces(ConnectionRegistry registry, LimitOptions limits)
{
    /// <summary>The time that a connection has to answer, before a newcomer takes its place.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);

    /// <summary>Those that are being asked, each for one newcomer: of several that come at once each needs a place of its own.</summary>
    private readonly ConcurrentDictionary<ClientConnection, byte> _asked = new();

    /// <summary>
    /// Takes a place, and returns false if there is none for this connection. Takes up to <see cref="AnswerTime"/>, on no thread. Not more
    /// connections than the limit have a place at any moment.
    /// </summary>
    public async ValueTask<bool> TryTakeAsync(ClientConnection newcomer, string userId)
    {
        var limit = limits.ConnectionsPerUser;
        while (!registry.TryIdentify(newcomer, userId, limit))
        {
            // If all are being asked, each place will be that of a client that lives or of another newcomer.
            if (Ask(userId) is not { } silent) return false;
            try
            {
                if (await silent.Life.AnswersAsync(AnswerTime, newcomer.Gone)) return false;
                // Nobody is let go for a newcomer that has left, or is to leave.
                if (newcomer.Gone.IsCancellationRequested || newcomer.Closing is not null) return false;
                if (!registry.TryReplace(silent, newcomer, userId)) continue;
                silent.Abort(ClientConnection.NoAnswer);
                return true;
            }
            finally
            {
                _asked.TryRemove(silent, out _);
            }
        }

        return true;
    }

    /// <summary>The connection of the user that has been silent longest and that nobody else asks. Null if there is none.</summary>
    private ClientConnection? Ask(string userId) =>
        registry.Of(userId).ToArray().OrderBy(connection => connection.Life.HeardAt).FirstOrDefault(connection => _asked.TryAdd(connection, 0));
}
