using System.Data.Common;
using Dapper;
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

    /// <summary>Adds a member. False if the user was a member already.</summary>
    public bool Add(string roomId, Member member) => connection.Execute(
        """
        INSERT INTO members (room_id, user_id, role, joined_at) VALUES (@roomId, @UserId, @Role, @JoinedAt)
        ON CONFLICT (room_id, user_id) DO NOTHING
        """,
        new { roomId, member.UserId, member.Role, member.JoinedAt }) > 0;

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

    /// <summary>The number of rooms the user is a member of. Counting stops at <paramref name="countTo"/>.</summary>
    public int RoomsOf(string userId, int countTo) => connection.ExecuteScalar<int>(
        "SELECT COUNT(*) FROM (SELECT 1 FROM members WHERE user_id = @userId LIMIT @countTo) AS counted",
        new { userId, countTo });
}
