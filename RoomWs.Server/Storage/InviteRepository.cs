using System.Data.Common;
using Dapper;
using RoomWs.Protocol.Invites;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>A row of the invites table.</summary>
internal sealed record StoredInvite
{
    /// <summary>What the ids of invites begin with. They sort by time.</summary>
    public const string IdPrefix = "invite_";

    public required string InviteId { get; init; }

    public required string RoomId { get; init; }

    public required byte[] CodeHash { get; init; }

    public required string CreatedBy { get; init; }

    public long CreatedAt { get; init; }

    public long ExpiresAt { get; init; }

    public long? UsedAt { get; init; }

    public string? UsedBy { get; init; }
}

/// <summary>All SQL about invites.</summary>
internal sealed class InviteRepository(DbConnection connection)
{
    /// <summary>How long an invite is still listed after it was used or has expired.</summary>
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromDays(1);

    private static readonly int LowestMaker = (int)RoomPermissions.RolesThatMay(RoomAction.ManageInvites).Max();

    public StoredInvite? FindByHash(byte[] codeHash) => connection.QueryFirstOrDefault<StoredInvite>(
        """
        SELECT id AS invite_id, room_id, code_hash, created_by, created_at, expires_at, used_at, used_by
        FROM invites WHERE code_hash = @codeHash
        """,
        new { codeHash });

    /// <summary>The invites of a room that were made after the one with the id <paramref name="after"/>, oldest first, without those that ended a day ago.</summary>
    public List<Invite> OfRoom(string roomId, string after, int limit, long now) =>
    [
        .. connection.Query<Invite>(
            """
            SELECT i.id AS invite_id, i.created_by, i.created_at, i.expires_at, i.used_at, i.used_by,
                i.used_at IS NULL AND (m.role IS NULL OR m.role > @LowestMaker) AS suspended
            FROM invites i LEFT JOIN members m ON m.room_id = i.room_id AND m.user_id = i.created_by
            WHERE i.room_id = @roomId AND i.id > @after AND i.expires_at > @oldest AND (i.used_at IS NULL OR i.used_at > @oldest)
            ORDER BY i.id
            LIMIT @limit
            """,
            new { roomId, after, limit, oldest = Oldest(now), LowestMaker }),
    ];

    /// <summary>
    /// The number of invites of a room that let somebody in at present: not used, not expired, and made by a user who could still make them. Counting stops
    /// at <paramref name="countTo"/>.
    /// </summary>
    public int Live(string roomId, long now, int countTo) => connection.ExecuteScalar<int>(
        """
        SELECT COUNT(*) FROM (
            SELECT 1 FROM members m CROSS JOIN invites i ON i.room_id = m.room_id AND i.created_by = m.user_id
            WHERE m.room_id = @roomId AND m.role <= @LowestMaker AND i.used_at IS NULL AND i.expires_at > @now
            LIMIT @countTo) AS counted
        """,
        new { roomId, now, countTo, LowestMaker });

    public void Add(StoredInvite invite) => connection.Execute(
        """
        INSERT INTO invites (id, room_id, code_hash, created_by, created_at, expires_at)
        VALUES (@InviteId, @RoomId, @CodeHash, @CreatedBy, @CreatedAt, @ExpiresAt)
        """,
        invite);

    public void Use(string inviteId, string userId, long now) => connection.Execute(
        "UPDATE invites SET used_at = @now, used_by = @userId WHERE id = @inviteId",
        new { inviteId, userId, now });

    /// <summary>Deletes an invite of a room. False if there was no such invite.</summary>
    public bool Revoke(string roomId, string inviteId) => connection.Execute(
        "DELETE FROM invites WHERE id = @inviteId AND room_id = @roomId",
        new { roomId, inviteId }) > 0;

    /// <summary>Deletes up to <paramref name="limit"/> invites that are not listed any more. Returns how many.</summary>
    public int DeleteOld(long now, int limit) => connection.Execute(
        """
        DELETE FROM invites WHERE id IN (
            SELECT id FROM (SELECT id FROM invites WHERE used_at <= @oldest ORDER BY used_at LIMIT @limit)
            UNION SELECT id FROM (SELECT id FROM invites WHERE expires_at <= @oldest ORDER BY expires_at LIMIT @limit)
            LIMIT @limit)
        """,
        new { oldest = Oldest(now), limit });

    private static long Oldest(long now) => now - (long)KeptAfterEnd.TotalMilliseconds;
}
