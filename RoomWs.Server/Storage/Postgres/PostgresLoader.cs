using Npgsql;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// Reads the rows that a batch needs, all of a kind by one statement, and locks the rooms among them until the batch ends. Rooms that are named by a slug or a code
/// take a round trip of their own to find, before the locks. For one load. Writer's thread only.
/// </summary>
internal sealed class PostgresLoader(NpgsqlConnection connection, Needs needs, BatchRows rows)
{
    /// <summary>So many rooms below its limit a user counts as near it: as many as the batch of another node may add.</summary>
    private const int NearLimit = 512;

    /// <summary>The ids of rooms by slugs, as they were before the locks.</summary>
    private readonly Dictionary<string, string> _found = new(StringComparer.Ordinal);

    private readonly List<string> _slugs =
        [.. needs.Rooms.Where(room => room.Id is null).Select(room => room.Slug!).Concat(needs.Slugs).Distinct(StringComparer.Ordinal).Where(slug => !rows.Slugs.Knows(slug))];

    private readonly ILookup<string, (byte[] Hash, string UserId)> _codes =
        needs.Codes.Where(code => !rows.Codes.Knows(Convert.ToHexString(code.Hash))).ToLookup(code => Convert.ToHexString(code.Hash), StringComparer.Ordinal);

    /// <summary>Reads what is needed.</summary>
    /// <param name="trip">What goes ahead of it, in the same round trip.</param>
    /// <param name="behindLocks">Adds what is to be done once the rows are locked. Null for nothing.</param>
    public void Load(RoundTrip trip, Action<RoundTrip>? behindLocks = null)
    {
        if (_slugs.Count > 0 || _codes.Count > 0)
        {
            AddNames(trip);
            trip.Run();
            trip = new RoundTrip(connection);
        }

        PostgresAllowances.AddLocks(needs, rows, trip);
        var rooms = new PostgresRoomLoader(rows, [.. Named()]);
        rooms.Add(trip);
        behindLocks?.Invoke(trip);
        AddReplies(trip);
        AddUsers(trip);
        AddCounts([.. needs.OwnRooms.Where(user => !rows.OwnRooms.Knows(user.Key))], rows.OwnRooms.Load, wasAdded: 0, trip);
        AddCounts([.. needs.AddedRooms.Where(user => !rows.AddedRooms.Knows(user.Key))], rows.AddedRooms.Load, wasAdded: 1, trip);
        if (!trip.IsEmpty) trip.Run();

        // What was not found is known not to be there.
        foreach (var slug in _slugs) rows.Slugs.Load(slug, Found(slug));
        foreach (var code in _codes) rows.Codes.Load(code.Key, null);
        foreach (var (userId, key) in needs.Replies) rows.Replies.Load((userId, key), null);
        foreach (var userId in needs.Users) rows.Users.Load(userId, null);
        PostgresAllowances.Finish(needs, rows);
        rooms.Finish(connection);
        RefuseLostRace();
        LoadRoomsOfReplies();
        CountAgain();
    }

    private void AddNames(RoundTrip trip)
    {
        if (_slugs.Count > 0) trip.Read("SELECT slug, id FROM rooms WHERE slug = ANY ($1)", row => _found.Add(row.GetString(0), row.GetString(1)), _slugs.Texts(slug => slug));
        if (_codes.Count == 0) return;
        trip.Read(
            "SELECT i.code_hash, i.id, i.created_by, r.id FROM invites i JOIN rooms r ON r.number = i.room_number WHERE i.code_hash = ANY ($1)",
            row => NeedRoomOfCode(Convert.ToHexString(row.GetFieldValue<byte[]>(0)), row.GetString(1), row.GetString(2), row.GetString(3)),
            _codes.Select(code => code.First().Hash).ToList().Bytes(hash => hash));
    }

    /// <summary>The code's room, as if the request had named it. The invite is read with it, when the room is locked.</summary>
    private void NeedRoomOfCode(string code, string inviteId, string createdBy, string roomId)
    {
        rows.Codes.Load(code, inviteId);
        var room = needs.Room(roomId);
        room.Invites.Add(inviteId);
        room.Members.Add(createdBy);
        foreach (var (_, userId) in _codes[code])
        {
            room.Members.Add(userId);
            room.Requests.Add(userId);
        }
    }

    /// <summary>The rooms whose ids are known.</summary>
    private IEnumerable<(string Id, RoomNeeds Needs)> Named()
    {
        foreach (var room in needs.Rooms)
        {
            var id = room.Id ?? (rows.Slugs.TryGet(room.Slug!, out var known) ? known : _found.GetValueOrDefault(room.Slug!));
            if (id is not null) yield return (id, room);
        }
    }

    /// <summary>Whose slug it is. Where its room is locked now, it is looked at again: the room may have given it away before.</summary>
    private string? Found(string slug) =>
        _found.TryGetValue(slug, out var id) && (!rows.Rooms.Knows(id) || rows.Rooms.Stored(id)?.Slug == slug) ? id : null;

    private void AddReplies(RoundTrip trip)
    {
        var replies = needs.Replies.Where(reply => !rows.Replies.Knows(reply)).ToList();
        if (replies.Count == 0) return;
        trip.Read(
            """
            SELECT i.user_id, i.key, i.fingerprint, i.reply_type, i.reply, i.room_id, i.created_at
            FROM unnest($1, $2) AS n (user_id, key) JOIN idempotency i ON i.user_id = n.user_id AND i.key = n.key
            """,
            row => rows.Replies.Load((row.GetString(0), row.GetString(1)), PostgresRows.Reply(row)),
            replies.Texts(reply => reply.UserId),
            replies.Texts(reply => reply.Key));
    }

    private void AddUsers(RoundTrip trip)
    {
        var users = needs.Users.Where(userId => !rows.Users.Knows(userId)).ToList();
        if (users.Count == 0) return;
        trip.Read(
            "SELECT id, username, thumbnail_url, updated_at FROM users WHERE id = ANY ($1)",
            row => rows.Users.Load(row.GetString(0), new StoredUser(row.GetString(1), row.TextOrNull(2), row.GetInt64(3))),
            users.Texts(userId => userId));
    }

    /// <summary>Counts memberships, but none of a room that is deleted and of which they are still there.</summary>
    private static void AddCounts(List<KeyValuePair<string, int>> users, Action<string, int> counted, int wasAdded, RoundTrip trip)
    {
        if (users.Count == 0) return;
        trip.Read(
            $"""
            SELECT n.id, (SELECT count(*) FROM (
                SELECT FROM members m WHERE m.user_id = n.id AND m.was_added = {wasAdded} AND NOT EXISTS (SELECT FROM remains x WHERE x.number = m.room_number) LIMIT n.up_to) AS counted)
            FROM unnest($1, $2) AS n (id, up_to)
            """,
            row => counted(row.GetString(0), (int)row.GetInt64(1)),
            users.Texts(user => user.Key),
            users.Numbers(user => user.Value));
    }

    /// <summary>
    /// Counts those again who are so near their limit that batches of other nodes could take them over it, and holds them until the batch ends. So the limits are exact,
    /// and no two nodes wait for each other for users who are far from theirs.
    /// </summary>
    private void CountAgain()
    {
        var own = needs.OwnRooms.Where(user => IsNear(user, rows.OwnRooms)).ToList();
        var added = needs.AddedRooms.Where(user => IsNear(user, rows.AddedRooms)).ToList();
        if (own.Count == 0 && added.Count == 0) return;

        var trip = new RoundTrip(connection);
        var keys = own.Concat(added).Select(user => AdvisoryKey.Of($"rooms of {user.Key}")).Distinct().Order().ToList();
        trip.Read("SELECT count(pg_advisory_xact_lock(key)) FROM unnest($1) AS n (key)", static _ => { }, keys.Numbers(key => key));
        AddCounts(own, rows.OwnRooms.Reload, wasAdded: 0, trip);
        AddCounts(added, rows.AddedRooms.Reload, wasAdded: 1, trip);
        trip.Run();
    }

    private static bool IsNear(KeyValuePair<string, int> user, KnownCounts counts) => counts.TryGet(user.Key, out var count) && count >= user.Value - NearLimit;

    /// <summary>
    /// Gives up where another node has made a room, and kept the reply that shows it, between the two statements that have looked for them: the batch finds both when it is
    /// run again.
    /// </summary>
    private void RefuseLostRace()
    {
        var missed = needs.Replies
            .Select(reply => rows.Replies.Stored(reply)?.RoomId)
            .OfType<string>()
            .Where(roomId => rows.Rooms.Knows(roomId) && rows.Rooms.Stored(roomId) is null)
            .ToList();
        if (missed.Count == 0) return;

        var isThere = false;
        var trip = new RoundTrip(connection);
        trip.Read("SELECT EXISTS (SELECT FROM rooms WHERE id = ANY ($1))", row => isThere = row.GetBoolean(0), missed.Texts(roomId => roomId));
        trip.Run();
        if (isThere) throw new LostRaceException();
    }

    /// <summary>The room that a kept reply shows, which a retry of it may not name. Few requests are a retry, so this has a round trip of its own.</summary>
    private void LoadRoomsOfReplies()
    {
        Needs? more = null;
        foreach (var (userId, key) in needs.Replies)
        {
            if (!rows.Replies.TryGet((userId, key), out var reply) || reply?.RoomId is not { } roomId) continue;
            (more ??= new Needs()).Room(roomId).Members.Add(userId);
        }

        if (more is not null) new PostgresLoader(connection, more, rows).Load(new RoundTrip(connection));
    }
}
