using System.Data.Common;
using Dapper;
using RoomWs.Protocol.Invites;

namespace RoomWs.Server.Storage;

/// <summary>A row of the invites table.</summary>
internal sealed record StoredInvite
{
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
    public static readonly TimeSpan KeptAfterEnd = TimeSpan.FromDays(30);

    public StoredInvite? FindByHash(byte[] codeHash) => connection.QueryFirstOrDefault<StoredInvite>(
        """
        SELECT id AS invite_id, room_id, code_hash, created_by, created_at, expires_at, used_at, used_by
        FROM invites WHERE code_hash = @codeHash
        """,
        new { codeHash });

    public IEnumerable<Invite> OfRoom(string roomId) => connection.Query<Invite>(
        """
        SELECT id AS invite_id, created_by, created_at, expires_at, used_at, used_by
        FROM invites WHERE room_id = @roomId
        ORDER BY created_at, id
        """,
        new { roomId });

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

    public int DeleteOld(long now) => connection.Execute(
        "DELETE FROM invites WHERE expires_at <= @oldest OR used_at <= @oldest",
        new { oldest = now - (long)KeptAfterEnd.TotalMilliseconds });
}
