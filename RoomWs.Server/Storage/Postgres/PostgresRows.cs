using Npgsql;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>How rows of the tables are read.</summary>
internal static class PostgresRows
{
    public const string RoomColumns =
        "number, id, epoch, name, thumbnail_url, slug, join_policy, active_board_id, created_at, created_by, version, updated_at, member_count, join_request_count, board_count, member_seq, message_seq";

    /// <summary>Of invites i, with their rooms r.</summary>
    public const string InviteColumns = "i.id, i.room_number, r.id, i.code_hash, i.created_by, i.created_at, i.expires_at, i.used_at, i.used_by";

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static StoredRoom Room(NpgsqlDataReader row) => new()
    {
        Number = row.GetInt64(0),
        Id = row.GetString(1),
        Epoch = row.GetString(2),
        Name = row.GetString(3),
        ThumbnailUrl = row.TextOrNull(4),
        Slug = row.TextOrNull(5),
        JoinPolicy = (JoinPolicy)row.GetInt64(6),
        ActiveBoardId = row.TextOrNull(7),
        CreatedAt = row.GetInt64(8),
        CreatedBy = row.GetString(9),
        Version = row.GetInt64(10),
        UpdatedAt = row.GetInt64(11),
        MemberCount = (int)row.GetInt64(12),
        JoinRequestCount = (int)row.GetInt64(13),
        BoardCount = (int)row.GetInt64(14),
        MemberSeq = row.GetInt64(15),
        MessageSeq = row.GetInt64(16),
    };

    public static StoredInvite Invite(NpgsqlDataReader row) => new()
    {
        InviteId = row.GetString(0),
        RoomNumber = row.GetInt64(1),
        RoomId = row.GetString(2),
        CodeHash = row.GetFieldValue<byte[]>(3),
        CreatedBy = row.GetString(4),
        CreatedAt = row.GetInt64(5),
        ExpiresAt = row.GetInt64(6),
        UsedAt = row.IsDBNull(7) ? null : row.GetInt64(7),
        UsedBy = row.TextOrNull(8),
    };

    public static IdempotencyRow Reply(NpgsqlDataReader row) => new()
    {
        Fingerprint = row.GetFieldValue<byte[]>(2),
        ReplyType = row.GetString(3),
        Reply = row.GetFieldValue<byte[]>(4),
        RoomId = row.TextOrNull(5),
        CreatedAt = row.GetInt64(6),
    };

    public static BoardHead Board(NpgsqlDataReader row) => new()
    {
        Number = row.GetInt64(2),
        Epoch = row.GetString(3),
        Name = row.GetString(4),
        CreatedBy = row.GetString(5),
        CreatedAt = row.GetInt64(6),
        Seq = row.GetInt64(7),
        Bytes = row.GetInt64(8),
        SnapshotSeq = row.GetInt64(9),
        SnapshotBytes = row.GetInt64(10),
    };
}
