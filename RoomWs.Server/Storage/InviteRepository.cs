using System.Data.Common;
using Dapper;
using RoomWs.Protocol.Invites;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>What is read of invites beside the writer.</summary>
internal sealed class InviteRepository(DbConnection connection)
{
    /// <summary>How long an invite is still listed after it was used or has expired.</summary>
    public static readonly TimeSpan KeptAfterEnd = TimeSpan.FromDays(1);

    private static readonly int LowestMaker = (int)RoomPermissions.RolesThatMay(RoomAction.ManageInvites).Max();

    /// <summary>The invites of a room that were made after the one with the id <paramref name="after"/>, oldest first, without those that ended a day ago.</summary>
    public List<Invite> OfRoom(string roomId, string after, int limit, long now) =>
    [
        .. connection.Query<Invite>(
            """
            SELECT i.id AS invite_id, i.created_by, i.created_at, i.expires_at, i.used_at, i.used_by,
                i.used_at IS NULL AND (m.role IS NULL OR m.role > @LowestMaker) AS suspended
            FROM invites i LEFT JOIN members m ON m.room_number = i.room_number AND m.user_id = i.created_by
            WHERE i.room_number = (SELECT number FROM rooms WHERE id = @roomId) AND i.id > @after AND i.expires_at > @oldest AND (i.used_at IS NULL OR i.used_at > @oldest)
            ORDER BY i.id
            LIMIT @limit
            """,
            new { roomId, after, limit, oldest = Oldest(now), LowestMaker }),
    ];

    private static long Oldest(long now) => now - (long)KeptAfterEnd.TotalMilliseconds;
}
