using Npgsql;
using RoomWs.Protocol.Members;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// Locks rooms and reads what a batch needs of what belongs to them. By their ids, since their numbers come in the same round trip. For one load. Writer's thread only.
/// What there may be much of in a room is found in a subquery with LIMIT, by its whole key: a join may be planned by a part of it while the tables are small, and then
/// reads all messages of a room for each.
/// </summary>
internal sealed class PostgresRoomLoader(BatchRows rows, List<(string Id, RoomNeeds Needs)> rooms)
{
    /// <summary>Finds members by room and user.</summary>
    public const string Members =
        """
        SELECT r.number, n.user_id, m.role
        FROM unnest($1, $2) AS n (room_id, user_id) JOIN rooms r ON r.id = n.room_id CROSS JOIN LATERAL (
            SELECT role FROM members WHERE room_number = r.number AND user_id = n.user_id LIMIT 1) m
        """;

    /// <summary>Finds messages by room, sender and client's id.</summary>
    public const string Messages =
        """
        SELECT r.number, n.sender_id, n.client_message_id, m.id, m.seq, m.sent_at
        FROM unnest($1, $2, $3) AS n (room_id, sender_id, client_message_id) JOIN rooms r ON r.id = n.room_id CROSS JOIN LATERAL (
            SELECT id, seq, sent_at FROM messages WHERE room_number = r.number AND sender_id = n.sender_id AND client_message_id = n.client_message_id LIMIT 1) m
        """;

    /// <summary>Finds updates of boards by their numbers.</summary>
    public const string BoardPlaces =
        """
        SELECT b.number, n.seq, u.bytes_to
        FROM unnest($1, $2, $3) AS n (room_id, board_id, seq) JOIN rooms r ON r.id = n.room_id JOIN boards b ON b.room_number = r.number AND b.board_id = n.board_id
            CROSS JOIN LATERAL (SELECT bytes_to FROM board_updates WHERE board_number = b.number AND seq = n.seq LIMIT 1) u
        """;

    private readonly List<(string Id, RoomNeeds Needs)> _withRoles = [.. rooms.Where(room => room.Needs.Members.Count > 0)];

    /// <summary>Adds the statements to a round trip.</summary>
    public void Add(RoundTrip trip)
    {
        // In one order on all nodes, so that no two wait for each other. What is read behind this is as the last holders of the locks have left it.
        var unknown = rooms.Select(room => room.Id).Distinct(StringComparer.Ordinal).Where(id => !rows.Rooms.Knows(id)).ToList();
        if (unknown.Count > 0)
        {
            trip.Read(
                $"SELECT {PostgresRows.RoomColumns} FROM rooms WHERE id = ANY ($1) ORDER BY number FOR UPDATE",
                row => rows.Rooms.Load(row.GetString(1), PostgresRows.Room(row)),
                unknown.Texts(id => id));
        }

        AddMembers(_withRoles.Where(room => !rows.MayKnowRoles(room.Id)), trip);
        AddRequests(trip);
        AddBoards(trip);
        AddInvites(trip);
        AddMessages(trip);
    }

    /// <summary>Called when the round trip is done. Notes what is not there, and reads the roles of rooms that turned out to be another than in memory.</summary>
    public void Finish(NpgsqlConnection connection)
    {
        foreach (var (id, _) in rooms) rows.Rooms.Load(id, null);
        var stale = _withRoles.Where(room => rows.MayKnowRoles(room.Id) && rows.Rooms.Stored(room.Id) is { } stored && rows.RolesOf(stored) is null).ToList();
        var again = new RoundTrip(connection);
        AddMembers(stale, again);
        if (!again.IsEmpty) again.Run();

        foreach (var (id, needs) in rooms)
        {
            if (rows.Rooms.Stored(id) is not { Number: var number } stored) continue;
            if (rows.RolesOf(stored) is null) foreach (var userId in needs.Members) rows.Members.Load((number, userId), null);
            foreach (var userId in needs.Requests)
            {
                rows.Requests.Load((number, userId), null);
                rows.Denials.Load((number, userId), null);
            }

            foreach (var boardId in needs.Boards) rows.Boards.Load((number, boardId), null);
            foreach (var (boardId, seq) in needs.BoardPlaces)
            {
                rows.Boards.Load((number, boardId), null);
                if (rows.Boards.Stored((number, boardId)) is { } board) rows.BoardPlaces.Load((board.Number, seq), null);
            }

            foreach (var inviteId in needs.Invites) rows.Invites.Load(inviteId, null);
            foreach (var (senderId, clientMessageId) in needs.Messages) rows.Sent.Load((number, senderId, clientMessageId), null);
        }
    }

    private void AddMembers(IEnumerable<(string Id, RoomNeeds Needs)> of, RoundTrip trip)
    {
        var asked = of.SelectMany(room => room.Needs.Members.Distinct(StringComparer.Ordinal).Select(userId => (RoomId: room.Id, UserId: userId))).Where(member => !IsKnown(member.RoomId, number => rows.Members.Knows((number, member.UserId)))).ToList();
        if (asked.Count == 0) return;
        trip.Read(
            Members,
            row => rows.Members.Load((row.GetInt64(0), row.GetString(1)), new StoredMember((RoomRole)row.GetInt64(2))),
            asked.Texts(member => member.RoomId),
            asked.Texts(member => member.UserId));
    }

    private void AddRequests(RoundTrip trip)
    {
        var asked = rooms.SelectMany(room => room.Needs.Requests.Distinct(StringComparer.Ordinal).Select(userId => (RoomId: room.Id, UserId: userId))).ToList();
        if (asked.Count == 0) return;
        trip.Read(
            """
            SELECT q.room_number, q.user_id, q.request_id, q.requested_at, COALESCE(u.username, q.user_id)
            FROM unnest($1, $2) AS n (room_id, user_id) JOIN rooms r ON r.id = n.room_id JOIN join_requests q ON q.room_number = r.number AND q.user_id = n.user_id
                LEFT JOIN users u ON u.id = q.user_id
            """,
            row => rows.Requests.Load((row.GetInt64(0), row.GetString(1)), new StoredRequest(row.GetString(2), row.GetInt64(3), row.GetString(4))),
            asked.Texts(request => request.RoomId),
            asked.Texts(request => request.UserId));
        trip.Read(
            """
            SELECT d.room_number, d.user_id, d.denied_at
            FROM unnest($1, $2) AS n (room_id, user_id) JOIN rooms r ON r.id = n.room_id JOIN join_denials d ON d.room_number = r.number AND d.user_id = n.user_id
            """,
            row => rows.Denials.Load((row.GetInt64(0), row.GetString(1)), new StoredDenial(row.GetInt64(2))),
            asked.Texts(request => request.RoomId),
            asked.Texts(request => request.UserId));
    }

    private void AddBoards(RoundTrip trip)
    {
        var places = rooms.SelectMany(room => room.Needs.BoardPlaces.Select(place => (RoomId: room.Id, place.BoardId, place.Seq))).ToList();
        var boards = rooms.SelectMany(room => room.Needs.Boards.Select(boardId => (RoomId: room.Id, BoardId: boardId))).Concat(places.Select(place => (place.RoomId, place.BoardId))).Distinct()
            .Where(board => !IsKnown(board.RoomId, number => rows.Boards.Knows((number, board.BoardId)))).ToList();
        if (boards.Count > 0)
        {
            trip.Read(
                """
                SELECT b.room_number, b.board_id, b.number, b.epoch, b.name, b.created_by, b.created_at, b.seq, b.bytes, b.snapshot_seq, b.snapshot_bytes
                FROM unnest($1, $2) AS n (room_id, board_id) JOIN rooms r ON r.id = n.room_id JOIN boards b ON b.room_number = r.number AND b.board_id = n.board_id
                """,
                row => rows.Boards.Load((row.GetInt64(0), row.GetString(1)), PostgresRows.Board(row)),
                boards.Texts(board => board.RoomId),
                boards.Texts(board => board.BoardId));
        }

        if (places.Count == 0) return;
        trip.Read(
            BoardPlaces,
            row => rows.BoardPlaces.Load((row.GetInt64(0), row.GetInt64(1)), new BoardPlace(row.GetInt64(2))),
            places.Texts(place => place.RoomId),
            places.Texts(place => place.BoardId),
            places.Numbers(place => place.Seq));
    }

    private void AddInvites(RoundTrip trip)
    {
        var invites = rooms.SelectMany(room => room.Needs.Invites).Distinct(StringComparer.Ordinal).Where(inviteId => !rows.Invites.Knows(inviteId)).ToList();
        if (invites.Count == 0) return;
        trip.Read(
            $"SELECT {PostgresRows.InviteColumns} FROM invites i JOIN rooms r ON r.number = i.room_number WHERE i.id = ANY ($1)",
            row => rows.Invites.Load(row.GetString(0), PostgresRows.Invite(row)),
            invites.Texts(inviteId => inviteId));
    }

    private void AddMessages(RoundTrip trip)
    {
        var sent = rooms.SelectMany(room => room.Needs.Messages.Distinct().Select(message => (RoomId: room.Id, message.SenderId, message.ClientMessageId))).ToList();
        if (sent.Count == 0) return;
        trip.Read(
            Messages,
            row => rows.Sent.Load((row.GetInt64(0), row.GetString(1), row.GetString(2)), new SentMessage(row.GetString(3), row.GetInt64(4), row.GetInt64(5))),
            sent.Texts(message => message.RoomId),
            sent.Texts(message => message.SenderId),
            sent.Texts(message => message.ClientMessageId));
    }

    private bool IsKnown(string roomId, Func<long, bool> knows) => rows.Rooms.Stored(roomId) is { } stored && knows(stored.Number);
}
