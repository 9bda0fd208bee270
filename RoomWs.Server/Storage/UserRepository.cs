using System.Data.Common;
using Dapper;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>A user's name and picture.</summary>
internal sealed record UserRow
{
    public required string Id { get; init; }

    public required string Username { get; init; }

    public string? ThumbnailUrl { get; init; }
}

/// <summary>What is read of users' names and pictures, as the users' last sign-ins gave them.</summary>
internal sealed class UserRepository(DbConnection connection, SqlDialect dialect)
{
    public UserRow? Find(string userId) =>
        connection.QueryFirstOrDefault<UserRow>("SELECT id, username, thumbnail_url FROM users WHERE id = @userId", new { userId });

    /// <summary>The members of a room whose name and picture are stored, by id.</summary>
    public Dictionary<string, UserRow> InRoom(string roomId) => connection.Query<UserRow>(
        $"SELECT u.id, u.username, u.thumbnail_url FROM members m {dialect.JoinInOrder} users u ON u.id = m.user_id WHERE m.room_number = (SELECT number FROM rooms WHERE id = @roomId)",
        new { roomId }).ToDictionary(user => user.Id, StringComparer.Ordinal);
}
