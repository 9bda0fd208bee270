using System.Data.Common;
using Dapper;

namespace RoomWs.Server.Storage;

/// <summary>A user's name and picture.</summary>
internal sealed record UserRow
{
    public required string Id { get; init; }

    public required string Username { get; init; }

    public string? ThumbnailUrl { get; init; }
}

/// <summary>All SQL about users' names and pictures, as the users' last sign-ins gave them.</summary>
internal sealed class UserRepository(DbConnection connection)
{
    public UserRow? Find(string userId) =>
        connection.QueryFirstOrDefault<UserRow>("SELECT id, username, thumbnail_url FROM users WHERE id = @userId", new { userId });

    /// <summary>The user's name. Its id if the user has never signed in.</summary>
    public string NameOf(string userId) => Find(userId)?.Username ?? userId;

    public void Save(UserRow user, long now) => connection.Execute(
        """
        INSERT INTO users (id, username, thumbnail_url, updated_at) VALUES (@Id, @Username, @ThumbnailUrl, @now)
        ON CONFLICT (id) DO UPDATE SET username = excluded.username, thumbnail_url = excluded.thumbnail_url, updated_at = excluded.updated_at
        """,
        new { user.Id, user.Username, user.ThumbnailUrl, now });

    /// <summary>The members of a room whose name and picture are stored, by id.</summary>
    public Dictionary<string, UserRow> InRoom(string roomId) => connection.Query<UserRow>(
        "SELECT u.id, u.username, u.thumbnail_url FROM members m JOIN users u ON u.id = m.user_id WHERE m.room_id = @roomId",
        new { roomId }).ToDictionary(user => user.Id, StringComparer.Ordinal);
}
