using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Writes what a batch has changed of rooms, their members, requests and invites. Writer's thread only.</summary>
internal sealed class SqliteRoomFlush : IDisposable
{
    private readonly SqliteStatement _insertRoom;
    private readonly SqliteStatement _updateCounts;
    private readonly SqliteStatement _updateMeta;
    private readonly SqliteStatement _freeSlug;
    private readonly SqliteStatement _deleteRoom;
    private readonly SqliteStatement _putMember;
    private readonly SqliteStatement _setRole;
    private readonly SqliteStatement _deleteMember;
    private readonly SqliteStatement _putRequest;
    private readonly SqliteStatement _deleteRequest;
    private readonly SqliteStatement _putDenial;
    private readonly SqliteStatement _deleteDenial;
    private readonly SqliteStatement _insertInvite;
    private readonly SqliteStatement _useInvite;
    private readonly SqliteStatement _deleteInvite;
    private readonly SqliteStatement[] _all;

    public SqliteRoomFlush(PreparedConnection connection) => _all =
    [
        _insertRoom = new(connection, """
            INSERT INTO rooms (number, version, updated_at, member_count, join_request_count, board_count, member_seq, message_seq,
                name, thumbnail_url, slug, join_policy, active_board_id, id, epoch, created_at, created_by)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
            """),
        _updateCounts = new(connection, """
            UPDATE rooms SET version = ?2, updated_at = ?3, member_count = ?4, join_request_count = ?5, board_count = ?6, member_seq = ?7, message_seq = ?8
            WHERE number = ?1
            """),
        _updateMeta = new(connection, """
            UPDATE rooms SET version = ?2, updated_at = ?3, member_count = ?4, join_request_count = ?5, board_count = ?6, member_seq = ?7, message_seq = ?8,
                name = ?9, thumbnail_url = ?10, slug = ?11, join_policy = ?12, active_board_id = ?13
            WHERE number = ?1
            """),
        _freeSlug = new(connection, "UPDATE rooms SET slug = NULL WHERE number = ?1"),
        _deleteRoom = new(connection, "DELETE FROM rooms WHERE number = ?1"),
        _putMember = new(connection, """
            INSERT OR REPLACE INTO members (room_number, user_id, room_id, role, joined_at, position, was_added, read_seq)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """),
        _setRole = new(connection, "UPDATE members SET role = ?3 WHERE room_number = ?1 AND user_id = ?2"),
        _deleteMember = new(connection, "DELETE FROM members WHERE room_number = ?1 AND user_id = ?2"),
        _putRequest = new(connection, "INSERT OR REPLACE INTO join_requests (room_number, user_id, request_id, requested_at) VALUES (?1, ?2, ?3, ?4)"),
        _deleteRequest = new(connection, "DELETE FROM join_requests WHERE room_number = ?1 AND user_id = ?2"),
        _putDenial = new(connection, "INSERT OR REPLACE INTO join_denials (room_number, user_id, denied_at) VALUES (?1, ?2, ?3)"),
        _deleteDenial = new(connection, "DELETE FROM join_denials WHERE room_number = ?1 AND user_id = ?2"),
        _insertInvite = new(connection, "INSERT INTO invites (id, room_number, code_hash, created_by, created_at, expires_at, used_at, used_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
        _useInvite = new(connection, "UPDATE invites SET used_at = ?2, used_by = ?3 WHERE id = ?1"),
        _deleteInvite = new(connection, "DELETE FROM invites WHERE id = ?1"),
    ];

    public void Write(BatchRows rows)
    {
        WriteRooms(rows);
        foreach (var member in rows.Members.Changed) WriteMember(member);
        foreach (var request in rows.Requests.Changed)
        {
            if (request.Now is { } row) Key(_putRequest, request.Key).Bind(3, row.RequestId).Bind(4, row.RequestedAt).Run();
            else Key(_deleteRequest, request.Key).Run();
        }

        foreach (var denial in rows.Denials.Changed)
        {
            if (denial.Now is { } row) Key(_putDenial, denial.Key).Bind(3, row.DeniedAt).Run();
            else Key(_deleteDenial, denial.Key).Run();
        }

        foreach (var invite in rows.Invites.Changed) WriteInvite(invite);
    }

    public void Dispose()
    {
        foreach (var statement in _all) statement.Dispose();
    }

    private void WriteRooms(BatchRows rows)
    {
        // What frees an id or a slug comes before what takes it.
        foreach (var room in rows.Rooms.Changed)
        {
            if (room.Stored is not { } stored) continue;
            if (room.Now?.Number != stored.Number) _deleteRoom.Bind(1, stored.Number).Run();
            else if (stored.Slug is not null && stored.Slug != room.Now.Slug) _freeSlug.Bind(1, stored.Number).Run();
        }

        foreach (var room in rows.Rooms.Changed)
        {
            if (room.Now is not { } now) continue;
            if (room.Stored?.Number != now.Number) Meta(Counts(_insertRoom, now), now).Bind(14, now.Id).Bind(15, now.Epoch).Bind(16, now.CreatedAt).Bind(17, now.CreatedBy).Run();
            else if (!StoredRoom.HaveSameMeta(room.Stored, now)) Meta(Counts(_updateMeta, now), now).Run();
            else Counts(_updateCounts, now).Run();
        }
    }

    private void WriteMember(KnownRow<(long Room, string UserId), StoredMember> member)
    {
        if (member.Now is not { } row) Key(_deleteMember, member.Key).Run();
        else if (row.New is not { } made) Key(_setRole, member.Key).Bind(3, (long)row.Role).Run();
        else Key(_putMember, member.Key).Bind(3, made.RoomId).Bind(4, (long)row.Role).Bind(5, made.JoinedAt).Bind(6, made.Position).Bind(7, made.WasAdded ? 1 : 0).Bind(8, made.ReadSeq).Run();
    }

    private void WriteInvite(KnownRow<string, StoredInvite> invite)
    {
        if (invite.Now is not { } row) _deleteInvite.Bind(1, invite.Key).Run();
        else if (invite.Stored is not null) _useInvite.Bind(1, invite.Key).Bind(2, row.UsedAt).Bind(3, row.UsedBy).Run();
        else _insertInvite.Bind(1, invite.Key).Bind(2, row.RoomNumber).Bind(3, row.CodeHash).Bind(4, row.CreatedBy).Bind(5, row.CreatedAt).Bind(6, row.ExpiresAt).Bind(7, row.UsedAt).Bind(8, row.UsedBy).Run();
    }

    private static SqliteStatement Counts(SqliteStatement statement, StoredRoom room) => statement
        .Bind(1, room.Number)
        .Bind(2, room.Version)
        .Bind(3, room.UpdatedAt)
        .Bind(4, room.MemberCount)
        .Bind(5, room.JoinRequestCount)
        .Bind(6, room.BoardCount)
        .Bind(7, room.MemberSeq)
        .Bind(8, room.MessageSeq);

    private static SqliteStatement Meta(SqliteStatement statement, StoredRoom room) => statement
        .Bind(9, room.Name)
        .Bind(10, room.ThumbnailUrl)
        .Bind(11, room.Slug)
        .Bind(12, (long)room.JoinPolicy)
        .Bind(13, room.ActiveBoardId);

    private static SqliteStatement Key(SqliteStatement statement, (long Room, string UserId) key) => statement.Bind(1, key.Room).Bind(2, key.UserId);
}
