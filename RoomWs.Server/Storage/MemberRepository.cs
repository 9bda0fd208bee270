using System.Data.Common;
using System.Text.Json;
using Dapper;
using RoomWs.Protocol;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>All SQL about members. The room's version and member count belong to <see cref="RoomRepository"/>.</summary>
internal sealed class MemberRepository(DbConnection connection)
{
    private sealed class Row
    {
        public required string UserId { get; init; }

        public RoomRole Role { get; init; }

        public long JoinedAt { get; init; }
    }

    /// <summary>All members, in order of joining.</summary>
    public Member[] All(string roomId) =>
    [
        .. connection
            .Query<Row>("SELECT user_id, role, joined_at FROM members WHERE room_id = @roomId ORDER BY position", new { roomId })
            .Select(row => new Member(row.UserId, row.Role, row.JoinedAt)),
    ];

    public RoomRole? Role(string roomId, string userId) => connection.QueryFirstOrDefault<RoomRole?>(
        "SELECT role FROM members WHERE room_id = @roomId AND user_id = @userId",
        new { roomId, userId });

    /// <summary>Those of the users who are not members, in the given order.</summary>
    public string[] Strangers(string roomId, IReadOnlyList<string> userIds) =>
    [
        .. connection.Query<string>(
            """
            SELECT named.value FROM json_each(@users) named
            WHERE NOT EXISTS (SELECT 1 FROM members WHERE room_id = @roomId AND user_id = named.value)
            ORDER BY named.key
            """,
            new { users = Json(userIds), roomId }),
    ];

    /// <summary>Adds a member. False if the user was a member already.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="member">The member.</param>
    /// <param name="wasAdded">Whether others put the user into the room. It stays so, whatever becomes of the member's role.</param>
    public bool Add(string roomId, Member member, bool wasAdded) => connection.Execute(
        """
        INSERT INTO members (room_id, user_id, role, joined_at, was_added) VALUES (@roomId, @UserId, @Role, @JoinedAt, @wasAdded)
        ON CONFLICT (room_id, user_id) DO NOTHING
        """,
        new { roomId, member.UserId, member.Role, member.JoinedAt, wasAdded }) > 0;

    public void SetRole(string roomId, string userId, RoomRole role) => connection.Execute(
        "UPDATE members SET role = @role WHERE room_id = @roomId AND user_id = @userId",
        new { roomId, userId, role });

    public void Remove(string roomId, string userId) => connection.Execute(
        "DELETE FROM members WHERE room_id = @roomId AND user_id = @userId",
        new { roomId, userId });

    /// <summary>The user who takes over from a leaving OWNER: the ADMIN who joined first, or else the MEMBER who joined first. Null if there is none.</summary>
    public string? Successor(string roomId) => connection.QueryFirstOrDefault<string>(
        "SELECT user_id FROM members WHERE room_id = @roomId AND role > @Owner ORDER BY role, position LIMIT 1",
        new { roomId, RoomRole.Owner });

    /// <summary>The ids of the user's rooms that have at most <paramref name="largestRoom"/> members.</summary>
    public List<string> RoomIdsOf(string userId, int largestRoom) =>
    [
        .. connection.Query<string>(
            "SELECT r.id FROM members m JOIN rooms r ON r.id = m.room_id WHERE m.user_id = @userId AND r.member_count <= @largestRoom",
            new { userId, largestRoom }),
    ];

    /// <summary>The number of rooms that the user has made or joined by itself. Counting stops at <paramref name="countTo"/>.</summary>
    public int OwnRoomsOf(string userId, int countTo) => connection.ExecuteScalar<int>(
        "SELECT COUNT(*) FROM (SELECT 1 FROM members WHERE user_id = @userId AND was_added = 0 LIMIT @countTo) AS counted",
        new { userId, countTo });

    /// <summary>The first of the users whom others have put into <paramref name="limit"/> rooms or more. Null if there is none.</summary>
    public string? FirstAddedTo(IReadOnlyList<string> userIds, int limit) => connection.QueryFirstOrDefault<string>(
        """
        SELECT named.value FROM json_each(@users) named
        WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM members WHERE user_id = named.value AND was_added = 1 LIMIT @limit)) >= @limit
        ORDER BY named.key
        LIMIT 1
        """,
        new { users = Json(userIds), limit });

    /// <summary>Many ids as one parameter: the statement is about all of them, and is the same however many they are.</summary>
    private static string Json(IReadOnlyList<string> userIds) => JsonSerializer.Serialize(userIds, ProtocolJson.Wire.IReadOnlyListString);
}
