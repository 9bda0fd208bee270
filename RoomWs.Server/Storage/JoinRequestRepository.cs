using System.Data.Common;
using Dapper;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>A pending join request.</summary>
internal sealed record PendingRequest
{
    /// <summary>What the ids of join requests begin with. They sort by time.</summary>
    public const string IdPrefix = "request_";

    public required string RoomId { get; init; }

    public required string RequestId { get; init; }

    public required string UserId { get; init; }

    public required string Username { get; init; }

    public long At { get; init; }

    public JoinRequested ToEvent() => new(RoomId, RequestId, UserId, Username, At);
}

/// <summary>A room with pending join requests, and how many.</summary>
internal sealed record AskedRoom
{
    public required string RoomId { get; init; }

    public int Count { get; init; }
}

/// <summary>What is read of join requests beside the writer.</summary>
internal sealed class JoinRequestRepository(DbConnection connection, SqlDialect dialect)
{
    // The role is a literal, and not a parameter, because only so can the index of the staff answer.
    private readonly string _askedRooms =
        $"""
        SELECT m.room_id, r.join_request_count AS count
        FROM members m {dialect.JoinInOrder} rooms r ON r.number = m.room_number
        WHERE m.user_id = @userId AND m.role <= {(int)RoomPermissions.RolesThatMay(RoomAction.DecideRequests).Max()} AND m.room_id > @after AND r.join_request_count > 0
        ORDER BY m.room_id
        LIMIT @limit
        """;

    private const string Columns =
        "@roomId AS room_id, q.request_id, q.user_id, COALESCE(u.username, q.user_id) AS username, q.requested_at AS at";

    /// <summary>The join requests of a room that were made after the one with the id <paramref name="after"/>, oldest first.</summary>
    public List<PendingRequest> OfRoom(string roomId, string after, int limit) =>
    [
        .. connection.Query<PendingRequest>(
            $"""
            SELECT {Columns} FROM join_requests q LEFT JOIN users u ON u.id = q.user_id
            WHERE q.room_number = (SELECT number FROM rooms WHERE id = @roomId) AND q.request_id > @after
            ORDER BY q.request_id
            LIMIT @limit
            """,
            new { roomId, after, limit }),
    ];

    /// <summary>How many join requests of a room are pending. The room's row has the number.</summary>
    public int Count(string roomId) => connection.ExecuteScalar<int>("SELECT join_request_count FROM rooms WHERE id = @roomId", new { roomId });

    /// <summary>The rooms with pending join requests that a user can decide, with an id greater than <paramref name="after"/>, in order of id.</summary>
    public List<AskedRoom> AskedRoomsOf(string userId, string after, int limit) => [.. connection.Query<AskedRoom>(_askedRooms, new { userId, after, limit })];
}
