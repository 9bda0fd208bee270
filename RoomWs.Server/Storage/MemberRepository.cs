using System.Data.Common;
using System.Text.Json;
using Dapper;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>What is read of members beside the writer.</summary>
internal sealed class MemberRepository(DbConnection connection, SqlDialect dialect)
{
    private sealed class Row
    {
        public required string UserId { get; init; }

        public RoomRole Role { get; init; }

        public long JoinedAt { get; init; }
    }

    /// <summary>All members, in order of joining.</summary>
    public Member[] All(long room) =>
    [
        .. connection
            .Query<Row>("SELECT user_id, role, joined_at FROM members WHERE room_number = @room ORDER BY position", new { room })
            .Select(row => new Member(row.UserId, row.Role, row.JoinedAt)),
    ];

    public RoomRole? Role(string roomId, string userId) => connection.QueryFirstOrDefault<RoomRole?>(
        "SELECT role FROM members WHERE room_number = (SELECT number FROM rooms WHERE id = @roomId) AND user_id = @userId",
        new { roomId, userId });

    /// <summary>The ids of the user's rooms that have at most <paramref name="largestRoom"/> members.</summary>
    public List<string> RoomIdsOf(string userId, int largestRoom = int.MaxValue) =>
    [
        .. connection.Query<string>(
            $"SELECT r.id FROM members m {dialect.JoinInOrder} rooms r ON r.number = m.room_number WHERE m.user_id = @userId AND r.member_count <= @largestRoom",
            new { userId, largestRoom }),
    ];

    /// <summary>The same of several users: each with the id of one room.</summary>
    public List<(string UserId, string RoomId)> RoomIdsOf(IReadOnlyCollection<string> userIds, int largestRoom) =>
        connection.Query<(string, string)>(
            $"SELECT m.user_id, r.id FROM members m {dialect.JoinInOrder} rooms r ON r.number = m.room_number WHERE m.user_id {dialect.Among("userIds")} AND r.member_count <= @largestRoom",
            new { userIds = JsonSerializer.Serialize(userIds), largestRoom }).AsList();
}
