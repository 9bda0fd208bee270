using System.Data.Common;
using Dapper;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>A pending join request.</summary>
internal sealed record PendingRequest
{
    public required string RoomId { get; init; }

    public required string RequestId { get; init; }

    public required string UserId { get; init; }

    public required string Username { get; init; }

    public long At { get; init; }

    public JoinRequested ToEvent() => new(RoomId, RequestId, UserId, Username, At);
}

/// <summary>All SQL about join requests.</summary>
internal sealed class JoinRequestRepository(DbConnection connection)
{
    private static readonly RoomRole LowestDecider = RoomPermissions.RolesThatMay(RoomAction.DecideRequests).Max();

    private const string Columns =
        "q.room_id, q.request_id, q.user_id, COALESCE(u.username, q.user_id) AS username, q.requested_at AS at";

    public PendingRequest? Find(string roomId, string userId) => connection.QueryFirstOrDefault<PendingRequest>(
        $"""
        SELECT {Columns} FROM join_requests q LEFT JOIN users u ON u.id = q.user_id
        WHERE q.room_id = @roomId AND q.user_id = @userId
        """,
        new { roomId, userId });

    /// <summary>The join requests of a room, oldest first.</summary>
    public IEnumerable<PendingRequest> OfRoom(string roomId) => connection.Query<PendingRequest>(
        $"""
        SELECT {Columns} FROM join_requests q LEFT JOIN users u ON u.id = q.user_id
        WHERE q.room_id = @roomId
        ORDER BY q.requested_at, q.request_id
        """,
        new { roomId });

    /// <summary>The join requests that a user can decide, in all rooms where its role allows it, oldest first.</summary>
    public IEnumerable<PendingRequest> DecidableBy(string userId) => connection.Query<PendingRequest>(
        $"""
        SELECT {Columns}
        FROM members m JOIN join_requests q ON q.room_id = m.room_id LEFT JOIN users u ON u.id = q.user_id
        WHERE m.user_id = @userId AND m.role <= @LowestDecider
        ORDER BY q.requested_at, q.request_id
        """,
        new { userId, LowestDecider });

    public void Add(PendingRequest request) => connection.Execute(
        "INSERT INTO join_requests (room_id, user_id, request_id, requested_at) VALUES (@RoomId, @UserId, @RequestId, @At)",
        request);

    /// <summary>Deletes a join request. False if there was none: of two users who decide it at the same time, only one gets true.</summary>
    public bool End(string roomId, string userId) => connection.Execute(
        "DELETE FROM join_requests WHERE room_id = @roomId AND user_id = @userId",
        new { roomId, userId }) > 0;
}
