using RoomWs.Protocol.Members;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Reads what a batch needs of what belongs to a room. Writer's thread only.</summary>
internal sealed class SqliteRoomLoader : IDisposable
{
    private const string InviteColumns = "i.id, i.room_number, r.id, i.code_hash, i.created_by, i.created_at, i.expires_at, i.used_at, i.used_by";

    private readonly SqliteStatement _member;
    private readonly SqliteStatement _request;
    private readonly SqliteStatement _denial;
    private readonly SqliteStatement _board;
    private readonly SqliteStatement _boardPlace;
    private readonly SqliteStatement _invite;
    private readonly SqliteStatement _inviteByCode;
    private readonly SqliteStatement _message;
    private readonly SqliteStatement[] _all;

    public SqliteRoomLoader(PreparedConnection connection) => _all =
    [
        _member = new(connection, "SELECT role FROM members WHERE room_number = ?1 AND user_id = ?2"),
        _request = new(connection, """
            SELECT q.request_id, q.requested_at, COALESCE(u.username, q.user_id) FROM join_requests q LEFT JOIN users u ON u.id = q.user_id
            WHERE q.room_number = ?1 AND q.user_id = ?2
            """),
        _denial = new(connection, "SELECT denied_at FROM join_denials WHERE room_number = ?1 AND user_id = ?2"),
        _board = new(connection, "SELECT number, epoch, name, created_by, created_at, seq, bytes, snapshot_seq, snapshot_bytes FROM boards WHERE room_number = ?1 AND board_id = ?2"),
        _boardPlace = new(connection, "SELECT bytes_to FROM board_updates WHERE board_number = ?1 AND seq = ?2"),
        // A room that is deleted has no row, and its invites let nobody in.
        _invite = new(connection, $"SELECT {InviteColumns} FROM invites i JOIN rooms r ON r.number = i.room_number WHERE i.id = ?1"),
        _inviteByCode = new(connection, $"SELECT {InviteColumns} FROM invites i JOIN rooms r ON r.number = i.room_number WHERE i.code_hash = ?1"),
        _message = new(connection, "SELECT id, seq, sent_at FROM messages WHERE room_number = ?1 AND sender_id = ?2 AND client_message_id = ?3"),
    ];

    public void Load(RoomNeeds needs, StoredRoom room, BatchRows rows)
    {
        if (needs.Members.Count > 0 && rows.RolesOf(room) is null)
        {
            foreach (var userId in needs.Members) LoadMember((room.Number, userId), rows);
        }

        foreach (var userId in needs.Requests)
        {
            if (room.JoinRequestCount > 0) LoadRequest((room.Number, userId), rows);
            LoadDenial((room.Number, userId), rows);
        }

        foreach (var boardId in needs.Boards) LoadBoard((room.Number, boardId), rows);
        foreach (var (boardId, seq) in needs.BoardPlaces)
        {
            if (LoadBoard((room.Number, boardId), rows) is { } board) LoadPlace((board.Number, seq), rows);
        }

        foreach (var inviteId in needs.Invites)
        {
            if (!rows.Invites.Knows(inviteId)) rows.Invites.Load(inviteId, Invite(_invite.Bind(1, inviteId)));
        }

        foreach (var (senderId, clientMessageId) in needs.Messages) LoadMessage((room.Number, senderId, clientMessageId), rows);
    }

    /// <summary>Reads the invite of a code. Null if there is none.</summary>
    public StoredInvite? LoadCode(byte[] hash, BatchRows rows)
    {
        var key = Convert.ToHexString(hash);
        if (rows.Codes.TryGet(key, out var known)) return known is not null && rows.Invites.TryGet(known, out var invite) ? invite : null;

        var found = Invite(_inviteByCode.Bind(1, hash));
        rows.Codes.Load(key, found?.InviteId);
        if (found is not null) rows.Invites.Load(found.InviteId, found);
        return found;
    }

    public void Dispose()
    {
        foreach (var statement in _all) statement.Dispose();
    }

    private void LoadMember((long, string) key, BatchRows rows)
    {
        if (rows.Members.Knows(key)) return;
        StoredMember? member = null;
        _member.Bind(1, key.Item1).Bind(2, key.Item2);
        while (_member.Step()) member = new StoredMember((RoomRole)_member.Number(0));
        rows.Members.Load(key, member);
    }

    private void LoadRequest((long, string) key, BatchRows rows)
    {
        if (rows.Requests.Knows(key)) return;
        StoredRequest? request = null;
        _request.Bind(1, key.Item1).Bind(2, key.Item2);
        while (_request.Step()) request = new StoredRequest(_request.Text(0), _request.Number(1), _request.Text(2));
        rows.Requests.Load(key, request);
    }

    private void LoadDenial((long, string) key, BatchRows rows)
    {
        if (rows.Denials.Knows(key)) return;
        StoredDenial? denial = null;
        _denial.Bind(1, key.Item1).Bind(2, key.Item2);
        while (_denial.Step()) denial = new StoredDenial(_denial.Number(0));
        rows.Denials.Load(key, denial);
    }

    private BoardHead? LoadBoard((long, string) key, BatchRows rows)
    {
        if (rows.Boards.TryGet(key, out var known)) return known;
        BoardHead? board = null;
        _board.Bind(1, key.Item1).Bind(2, key.Item2);
        while (_board.Step())
        {
            board = new BoardHead
            {
                Number = _board.Number(0),
                Epoch = _board.Text(1),
                Name = _board.Text(2),
                CreatedBy = _board.Text(3),
                CreatedAt = _board.Number(4),
                Seq = _board.Number(5),
                Bytes = _board.Number(6),
                SnapshotSeq = _board.Number(7),
                SnapshotBytes = _board.Number(8),
            };
        }

        rows.Boards.Load(key, board);
        return board;
    }

    private void LoadPlace((long, long) key, BatchRows rows)
    {
        if (rows.BoardPlaces.Knows(key)) return;
        BoardPlace? place = null;
        _boardPlace.Bind(1, key.Item1).Bind(2, key.Item2);
        while (_boardPlace.Step()) place = new BoardPlace(_boardPlace.Number(0));
        rows.BoardPlaces.Load(key, place);
    }

    private void LoadMessage((long, string, string) key, BatchRows rows)
    {
        if (rows.Sent.Knows(key)) return;
        SentMessage? sent = null;
        _message.Bind(1, key.Item1).Bind(2, key.Item2).Bind(3, key.Item3);
        while (_message.Step()) sent = new SentMessage(_message.Text(0), _message.Number(1), _message.Number(2));
        rows.Sent.Load(key, sent);
    }

    private static StoredInvite? Invite(SqliteStatement row)
    {
        StoredInvite? invite = null;
        while (row.Step())
        {
            invite = new StoredInvite
            {
                InviteId = row.Text(0),
                RoomNumber = row.Number(1),
                RoomId = row.Text(2),
                CodeHash = row.Bytes(3),
                CreatedBy = row.Text(4),
                CreatedAt = row.Number(5),
                ExpiresAt = row.Number(6),
                UsedAt = row.NumberOrNull(7),
                UsedBy = row.TextOrNull(8),
            };
        }

        return invite;
    }
}
