using RoomWs.Server.Storage.Batch;
using MemberRow = RoomWs.Server.Storage.Batch.KnownRow<(long Room, string UserId), RoomWs.Server.Storage.Batch.StoredMember>;
using RoomRow = RoomWs.Server.Storage.Batch.KnownRow<string, RoomWs.Server.Storage.Batch.StoredRoom>;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>Writes what a batch has changed of rooms, their members, requests and invites. All of it is under the locks of the rooms. Writer's thread only.</summary>
internal static class PostgresRoomFlush
{
    public static void Add(BatchRows rows, RoundTrip trip)
    {
        AddRooms([.. rows.Rooms.Changed], trip);
        AddMembers([.. rows.Members.Changed], trip);
        AddRequests(rows, trip);
        AddInvites([.. rows.Invites.Changed], trip);
    }

    private static void AddRooms(List<RoomRow> rooms, RoundTrip trip)
    {
        if (rooms.Count == 0) return;

        // What frees an id or a slug comes before what takes it.
        var gone = rooms.Where(room => room.Stored is { } stored && room.Now?.Number != stored.Number).ToList();
        if (gone.Count > 0) trip.Do("DELETE FROM rooms WHERE number = ANY ($1)", gone.Numbers(room => room.Stored!.Number));
        var there = rooms.Where(room => room.Now is not null && room.Stored?.Number == room.Now.Number).ToList();
        var freed = there.Where(room => room.Stored!.Slug is not null && room.Stored.Slug != room.Now!.Slug).ToList();
        if (freed.Count > 0) trip.Do("UPDATE rooms SET slug = NULL WHERE number = ANY ($1)", freed.Numbers(room => room.Now!.Number));

        var (meta, counts) = (there.Where(IsMetaChanged).ToList(), there.Where(room => !IsMetaChanged(room)).ToList());
        if (counts.Count > 0)
        {
            trip.Do(
                """
                UPDATE rooms r SET version = n.version, updated_at = n.updated_at, member_count = n.member_count, join_request_count = n.join_request_count,
                    board_count = n.board_count, member_seq = n.member_seq, message_seq = n.message_seq
                FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS n (number, version, updated_at, member_count, join_request_count, board_count, member_seq, message_seq)
                WHERE r.number = n.number
                """,
                Counts(counts));
        }

        if (meta.Count > 0)
        {
            trip.Do(
                """
                UPDATE rooms r SET version = n.version, updated_at = n.updated_at, member_count = n.member_count, join_request_count = n.join_request_count,
                    board_count = n.board_count, member_seq = n.member_seq, message_seq = n.message_seq,
                    name = n.name, thumbnail_url = n.thumbnail_url, slug = n.slug, join_policy = n.join_policy, active_board_id = n.active_board_id
                FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                    AS n (number, version, updated_at, member_count, join_request_count, board_count, member_seq, message_seq, name, thumbnail_url, slug, join_policy, active_board_id)
                WHERE r.number = n.number
                """,
                [.. Counts(meta), .. Meta(meta)]);
        }

        var made = rooms.Where(room => room.Now is not null && room.Stored?.Number != room.Now.Number).ToList();
        if (made.Count == 0) return;
        trip.Do(
            """
            INSERT INTO rooms (number, version, updated_at, member_count, join_request_count, board_count, member_seq, message_seq,
                name, thumbnail_url, slug, join_policy, active_board_id, id, epoch, created_at, created_by)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            """,
            [
                .. Counts(made), .. Meta(made),
                made.Texts(room => room.Now!.Id), made.Texts(room => room.Now!.Epoch), made.Numbers(room => room.Now!.CreatedAt), made.Texts(room => room.Now!.CreatedBy),
            ]);
    }

    private static void AddMembers(List<MemberRow> members, RoundTrip trip)
    {
        if (members.Count == 0) return;
        var gone = members.Where(member => member.Now is null).ToList();
        if (gone.Count > 0) trip.Do("DELETE FROM members m USING unnest($1, $2) AS n (room, id) WHERE m.room_number = n.room AND m.user_id = n.id", Key(gone));
        var roles = members.Where(member => member.Now is { New: null }).ToList();
        if (roles.Count > 0)
        {
            trip.Do(
                "UPDATE members m SET role = n.role FROM unnest($1, $2, $3) AS n (room, id, role) WHERE m.room_number = n.room AND m.user_id = n.id",
                [.. Key(roles), roles.Numbers(member => (long)member.Now!.Role)]);
        }

        var come = members.Where(member => member.Now is { New: not null }).ToList();
        if (come.Count == 0) return;
        trip.Do(
            """
            INSERT INTO members (room_number, user_id, room_id, role, joined_at, position, was_added, read_seq) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (room_number, user_id) DO UPDATE SET
                role = excluded.role, joined_at = excluded.joined_at, position = excluded.position, was_added = excluded.was_added, read_seq = excluded.read_seq
            """,
            [
                .. Key(come), come.Texts(member => member.Now!.New!.RoomId), come.Numbers(member => (long)member.Now!.Role), come.Numbers(member => member.Now!.New!.JoinedAt),
                come.Numbers(member => member.Now!.New!.Position), come.Numbers(member => member.Now!.New!.WasAdded ? 1 : 0), come.Numbers(member => member.Now!.New!.ReadSeq),
            ]);
    }

    private static void AddRequests(BatchRows rows, RoundTrip trip)
    {
        var gone = rows.Requests.Changed.Where(request => request.Now is null).ToList();
        if (gone.Count > 0) trip.Do("DELETE FROM join_requests q USING unnest($1, $2) AS n (room, id) WHERE q.room_number = n.room AND q.user_id = n.id", Key(gone));
        var made = rows.Requests.Changed.Where(request => request.Now is not null).ToList();
        if (made.Count > 0)
        {
            trip.Do(
                """
                INSERT INTO join_requests (room_number, user_id, request_id, requested_at) SELECT * FROM unnest($1, $2, $3, $4)
                ON CONFLICT (room_number, user_id) DO UPDATE SET request_id = excluded.request_id, requested_at = excluded.requested_at
                """,
                [.. Key(made), made.Texts(request => request.Now!.RequestId), made.Numbers(request => request.Now!.RequestedAt)]);
        }

        var forgotten = rows.Denials.Changed.Where(denial => denial.Now is null).ToList();
        if (forgotten.Count > 0) trip.Do("DELETE FROM join_denials d USING unnest($1, $2) AS n (room, id) WHERE d.room_number = n.room AND d.user_id = n.id", Key(forgotten));
        var denied = rows.Denials.Changed.Where(denial => denial.Now is not null).ToList();
        if (denied.Count == 0) return;
        trip.Do(
            """
            INSERT INTO join_denials (room_number, user_id, denied_at) SELECT * FROM unnest($1, $2, $3)
            ON CONFLICT (room_number, user_id) DO UPDATE SET denied_at = excluded.denied_at
            """,
            [.. Key(denied), denied.Numbers(denial => denial.Now!.DeniedAt)]);
    }

    private static void AddInvites(List<KnownRow<string, StoredInvite>> invites, RoundTrip trip)
    {
        if (invites.Count == 0) return;
        var gone = invites.Where(invite => invite.Now is null).ToList();
        if (gone.Count > 0) trip.Do("DELETE FROM invites WHERE id = ANY ($1)", gone.Texts(invite => invite.Key));
        var used = invites.Where(invite => invite is { Now: not null, Stored: not null }).ToList();
        if (used.Count > 0)
        {
            trip.Do(
                "UPDATE invites i SET used_at = n.used_at, used_by = n.used_by FROM unnest($1, $2, $3) AS n (id, used_at, used_by) WHERE i.id = n.id",
                used.Texts(invite => invite.Key),
                used.NumbersOrNull(invite => invite.Now!.UsedAt),
                used.Texts(invite => invite.Now!.UsedBy));
        }

        var made = invites.Where(invite => invite is { Now: not null, Stored: null }).ToList();
        if (made.Count == 0) return;
        trip.Do(
            "INSERT INTO invites (id, room_number, code_hash, created_by, created_at, expires_at, used_at, used_by) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)",
            made.Texts(invite => invite.Key),
            made.Numbers(invite => invite.Now!.RoomNumber),
            made.Bytes(invite => invite.Now!.CodeHash),
            made.Texts(invite => invite.Now!.CreatedBy),
            made.Numbers(invite => invite.Now!.CreatedAt),
            made.Numbers(invite => invite.Now!.ExpiresAt),
            made.NumbersOrNull(invite => invite.Now!.UsedAt),
            made.Texts(invite => invite.Now!.UsedBy));
    }

    private static bool IsMetaChanged(RoomRow room) => !StoredRoom.HaveSameMeta(room.Stored!, room.Now!);

    private static Npgsql.NpgsqlParameter[] Counts(List<RoomRow> rooms) =>
    [
        rooms.Numbers(room => room.Now!.Number), rooms.Numbers(room => room.Now!.Version), rooms.Numbers(room => room.Now!.UpdatedAt), rooms.Numbers(room => room.Now!.MemberCount),
        rooms.Numbers(room => room.Now!.JoinRequestCount), rooms.Numbers(room => room.Now!.BoardCount), rooms.Numbers(room => room.Now!.MemberSeq), rooms.Numbers(room => room.Now!.MessageSeq),
    ];

    private static Npgsql.NpgsqlParameter[] Meta(List<RoomRow> rooms) =>
    [
        rooms.Texts(room => room.Now!.Name), rooms.Texts(room => room.Now!.ThumbnailUrl), rooms.Texts(room => room.Now!.Slug),
        rooms.Numbers(room => (long)room.Now!.JoinPolicy), rooms.Texts(room => room.Now!.ActiveBoardId),
    ];

    private static Npgsql.NpgsqlParameter[] Key<TRow>(List<KnownRow<(long Room, string UserId), TRow>> rows)
        where TRow : class => [rows.Numbers(row => row.Key.Room), rows.Texts(row => row.Key.UserId)];
}
