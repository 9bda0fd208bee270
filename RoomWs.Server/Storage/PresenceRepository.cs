using System.Data.Common;
using Dapper;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>Where else a user is.</summary>
/// <param name="IsThere">Whether it is there, or was until a moment ago.</param>
/// <param name="Connections">How many connections it has there.</param>
internal readonly record struct Elsewhere(bool IsThere, int Connections);

/// <summary>What is read of who is online on which node. SQLite has no such table: one node has the file.</summary>
internal sealed class PresenceRepository(DbConnection connection)
{
    /// <summary>All who are online.</summary>
    public List<PresentUser> All() =>
        [.. connection.Query<(string UserId, string Username)>("SELECT user_id, max(username) FROM presence GROUP BY user_id").Select(user => new PresentUser(user.UserId, user.Username))];

    /// <summary>What there is of a user on other nodes than this.</summary>
    public Elsewhere Elsewhere(string userId, string node)
    {
        var (isThere, connections) = connection.QuerySingle<(bool, int)>(
            "SELECT count(*) > 0, COALESCE(sum(connections), 0)::int FROM presence WHERE user_id = @userId AND node <> @node",
            new { userId, node });
        return new Elsewhere(isThere, connections);
    }
}
