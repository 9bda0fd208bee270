using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>The statements about who is online on which node, each added to a round trip.</summary>
/// <param name="node">The name of this node.</param>
internal sealed class PresenceSql(string node)
{
    /// <summary>How long after the table was emptied nobody is taken for gone: within it each node that has the database again has written its users.</summary>
    private const int QuietMilliseconds = 10_000;

    /// <summary>Behind the name of the node, in a notification: with a space in it that is no node's, so this node follows it as well.</summary>
    private const string OfPresence = " presence";

    /// <summary>By the clock of the database, when the transaction began.</summary>
    private static string IsQuiet { get; } = string.Create(CultureInfo.InvariantCulture, $"(extract(epoch FROM now()) * 1000 - made_at < {QuietMilliseconds})");

    /// <summary>Locks users until the end of the transaction. In one order, so that no two wait for each other, and by few locks, for the server has room for so many only.</summary>
    public static void Lock(RoundTrip trip, NpgsqlParameter userIds) => trip.Read(
        """SELECT pg_advisory_xact_lock($2 + bucket) FROM (SELECT DISTINCT hashtext(u COLLATE "C") & 255 AS bucket FROM unnest($1) AS u ORDER BY 1) AS buckets""",
        static _ => { },
        userIds,
        Number(AdvisoryKey.PresenceBuckets));

    public static PresenceMark ReadMark(RoundTrip trip)
    {
        var mark = new PresenceMark();
        trip.Read($"SELECT mark, {IsQuiet} FROM presence_mark", row => (mark.Value, mark.IsQuiet) = (row.GetString(0), row.GetBoolean(1)));
        return mark;
    }

    /// <summary>Makes a mark, unless there is one, and reads it.</summary>
    public static PresenceMark MakeMark(RoundTrip trip, string made)
    {
        var mark = new PresenceMark { IsQuiet = true };
        trip.Read(
            """
            INSERT INTO presence_mark (mark, made_at) VALUES ($1, (extract(epoch FROM now()) * 1000)::bigint)
            ON CONFLICT (single) DO UPDATE SET mark = presence_mark.mark RETURNING mark
            """,
            row => mark.Value = row.GetString(0),
            Text(made));
        return mark;
    }

    /// <summary>Those of the users of whom there is no row.</summary>
    public static List<PresentUser> ReadMissing(RoundTrip trip, IReadOnlyList<PresentUser> users)
    {
        var missing = new List<PresentUser>();
        trip.Read(
            "SELECT n FROM unnest($1) WITH ORDINALITY AS u (user_id, n) WHERE NOT EXISTS (SELECT FROM presence p WHERE p.user_id = u.user_id)",
            row => missing.Add(users[(int)row.GetInt64(0) - 1]),
            users.Texts(user => user.UserId));
        return missing;
    }

    /// <summary>The users of this node.</summary>
    public List<PresentUser> ReadOwn(RoundTrip trip)
    {
        var own = new List<PresentUser>();
        trip.Read("SELECT user_id, username FROM presence WHERE node = $1", row => own.Add(User(row)), Text(node));
        return own;
    }

    /// <summary>The other nodes that have users.</summary>
    public List<string> ReadOthers(RoundTrip trip)
    {
        var others = new List<string>();
        // From one to the next by the index, past their users.
        trip.Read(
            """
            WITH RECURSIVE nodes AS (
                (SELECT node FROM presence ORDER BY node LIMIT 1)
                UNION ALL
                SELECT (SELECT p.node FROM presence p WHERE p.node > n.node ORDER BY p.node LIMIT 1) FROM nodes n WHERE n.node IS NOT NULL)
            SELECT node FROM nodes WHERE node IS NOT NULL AND node <> $1
            """,
            row => others.Add(row.GetString(0)),
            Text(node));
        return others;
    }

    /// <summary>Writes those who are here, and calls back for each who was nowhere before.</summary>
    public void Put(RoundTrip trip, List<NodeUser> here, Action<NodeUser> came) => trip.Read(
        """
        WITH here AS (SELECT * FROM unnest($1, $2, $3) WITH ORDINALITY AS h (user_id, username, connections, n)),
            put AS (INSERT INTO presence (user_id, node, connections, username) SELECT user_id, $4, connections, username FROM here
                ON CONFLICT (user_id, node) DO UPDATE SET connections = excluded.connections, username = excluded.username)
        SELECT n FROM here h WHERE NOT EXISTS (SELECT FROM presence p WHERE p.user_id = h.user_id)
        """,
        row => came(here[(int)row.GetInt64(0) - 1]),
        here.Texts(user => user.UserId),
        here.Texts(user => user.Username),
        here.Numbers(user => user.Connections!.Value),
        Text(node));

    /// <summary>Deletes those who are gone from here, unless it is quiet, and calls back for each who is nowhere then.</summary>
    public void Delete(RoundTrip trip, List<NodeUser> gone, Action<NodeUser> went) => trip.Read(
        $"""
        WITH gone AS (DELETE FROM presence p USING unnest($1) WITH ORDINALITY AS g (user_id, n)
                WHERE p.node = $2 AND p.user_id = g.user_id AND EXISTS (SELECT FROM presence_mark WHERE NOT {IsQuiet}) RETURNING g.user_id, g.n)
        SELECT n FROM gone g WHERE NOT EXISTS (SELECT FROM presence p WHERE p.user_id = g.user_id AND p.node <> $2)
        """,
        row => went(gone[(int)row.GetInt64(0) - 1]),
        gone.Texts(user => user.UserId),
        Text(node));

    /// <summary>
    /// Makes the users of another node users of this one, and calls back for each. In one statement: at no moment has one of them no row. Who is here already is one of
    /// them, too: a grace begins anew.
    /// </summary>
    public void TakeOver(RoundTrip trip, string other, Action<PresentUser> taken) => trip.Read(
        """
        WITH gone AS (DELETE FROM presence WHERE node = $1 RETURNING user_id, username)
        INSERT INTO presence (user_id, node, connections, username) SELECT user_id, $2, 0, username FROM gone
        ON CONFLICT (user_id, node) DO UPDATE SET connections = presence.connections RETURNING user_id, username
        """,
        row => taken(User(row)),
        Text(other),
        Text(node));

    /// <summary>Adds a row to the feed. Its number, by which it is none of the node's batches, is its position below 0.</summary>
    public void Tell(RoundTrip trip, IEnumerable<FeedPresence> turns, string? goneNode, long at) => trip.Read(
        $"""
        WITH h AS (UPDATE head SET position = position + 1 WHERE single RETURNING position),
            f AS (INSERT INTO feed (position, node, n, at, body) SELECT position, $1, -position, $2, $3 FROM h RETURNING position)
        SELECT position, pg_notify('{PostgresFeed.Channel}', position || ' ' || $4) FROM f
        """,
        static _ => { },
        Text(node),
        Number(at),
        new NpgsqlParameter<byte[]> { TypedValue = PresenceBody.Of(turns, goneNode), NpgsqlDbType = NpgsqlDbType.Bytea },
        Text(node + OfPresence));

    public static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    private static PresentUser User(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1));
}

/// <summary>The mark of the table, which is gone with its rows.</summary>
internal sealed class PresenceMark
{
    /// <summary>Null where there is none.</summary>
    public string? Value { get; set; }

    /// <summary>Whether it was made a short while ago.</summary>
    public bool IsQuiet { get; set; }
}
