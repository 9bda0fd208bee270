using System.Data.Common;
using Dapper;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;

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

/// <summary>All SQL about join requests, and about the denials that keep a user from asking again at once.</summary>
internal sealed class JoinRequestRepository(DbConnection connection)
{
    // The role is a literal, and not a parameter, because only so can the index of the staff answer.
    private static readonly string AskedRooms =
        $"""
        SELECT m.room_id, r.join_request_count AS count
        FROM members m CROSS JOIN rooms r ON r.id = m.room_id
        WHERE m.user_id = @userId AND m.role <= {(int)RoomPermissions.RolesThatMay(RoomAction.DecideRequests).Max()} AND m.room_id > @after AND r.join_request_count > 0
        ORDER BY m.room_id
        LIMIT @limit
        """;

    private const string Columns =
        "q.room_id, q.request_id, q.user_id, COALESCE(u.username, q.user_id) AS username, q.requested_at AS at";

    public PendingRequest? Find(string roomId, string userId) => connection.QueryFirstOrDefault<PendingRequest>(
        $"""
        SELECT {Columns} FROM join_requests q LEFT JOIN users u ON u.id = q.user_id
        WHERE q.room_id = @roomId AND q.user_id = @userId
        """,
        new { roomId, userId });

    /// <summary>The join requests of a room that were made after the one with the id <paramref name="after"/>, oldest first.</summary>
    public List<PendingRequest> OfRoom(string roomId, string after, int limit) =>
    [
        .. connection.Query<PendingRequest>(
            $"""
            SELECT {Columns} FROM join_requests q LEFT JOIN users u ON u.id = q.user_id
            WHERE q.room_id = @roomId AND q.request_id > @after
            ORDER BY q.request_id
            LIMIT @limit
            """,
            new { roomId, after, limit }),
    ];

    /// <summary>How many join requests of a room are pending. The room's row has the number.</summary>
    public int Count(string roomId) => connection.ExecuteScalar<int>("SELECT join_request_count FROM rooms WHERE id = @roomId", new { roomId });

    /// <summary>The users with a pending join request.</summary>
    public IEnumerable<string> Requesters(string roomId) => connection.Query<string>("SELECT user_id FROM join_requests WHERE room_id = @roomId", new { roomId });

    /// <summary>The rooms with pending join requests that a user can decide, with an id greater than <paramref name="after"/>, in order of id.</summary>
    public List<AskedRoom> AskedRoomsOf(string userId, string after, int limit) => [.. connection.Query<AskedRoom>(AskedRooms, new { userId, after, limit })];

    public void Add(PendingRequest request) => connection.Execute(
        "INSERT INTO join_requests (room_id, user_id, request_id, requested_at) VALUES (@RoomId, @UserId, @RequestId, @At)",
        request);

    /// <summary>Deletes a join request. False if there was none: of two users who decide it at the same time, only one gets true.</summary>
    public bool End(string roomId, string userId) => connection.Execute(
        "DELETE FROM join_requests WHERE room_id = @roomId AND user_id = @userId",
        new { roomId, userId }) > 0;

    /// <summary>Notes when the user's join request was denied.</summary>
    public void Deny(string roomId, string userId, long now) => connection.Execute(
        """
        INSERT INTO join_denials (room_id, user_id, denied_at) VALUES (@roomId, @userId, @now)
        ON CONFLICT (room_id, user_id) DO UPDATE SET denied_at = excluded.denied_at
        """,
        new { roomId, userId, now });

    /// <summary>When the user's last join request was denied, in Unix milliseconds. Null if it was not, or so long ago that it does not count any more.</summary>
    public long? DeniedAt(string roomId, string userId) => connection.QueryFirstOrDefault<long?>(
        "SELECT denied_at FROM join_denials WHERE room_id = @roomId AND user_id = @userId",
        new { roomId, userId });

    /// <summary>Forgets a denial: the user has become a member, so what was before is settled.</summary>
    public void ForgetDenial(string roomId, string userId) => connection.Execute(
        "DELETE FROM join_denials WHERE room_id = @roomId AND user_id = @userId",
        new { roomId, userId });

    /// <summary>Deletes up to <paramref name="limit"/> denials that are no younger than <paramref name="oldest"/>. Returns how many.</summary>
    public int DeleteOldDenials(long oldest, int limit) => connection.Execute(
        """
        DELETE FROM join_denials
        WHERE (room_id, user_id) IN (SELECT room_id, user_id FROM join_denials WHERE denied_at <= @oldest ORDER BY denied_at LIMIT @limit)
        """,
        new { oldest, limit });
}
