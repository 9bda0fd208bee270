using System.Data;
using System.Security.Cryptography;
using Npgsql;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// Writes who is online on this node, on a session of its own. A transaction locks the users that it is about until its commit: so of several nodes one sees that a
/// user was nowhere before, or is nowhere after. For one thread at a time.
/// </summary>
internal sealed class PostgresPresence(PostgresConnections connections, string node, TimeProvider time) : IPresenceStore, IDisposable
{
    /// <summary>Maximum number of users in a transaction, which others may wait for.</summary>
    private const int MaxUsers = 5_000;

    /// <summary>A node whose session was idle for so long hangs: three of its rounds.</summary>
    private static readonly TimeSpan Hung = TimeSpan.FromSeconds(6);

    private readonly NpgsqlConnection _session = connections.MakeWriter();
    private readonly PresenceSql _sql = new(node);

    /// <summary>The mark of the table as this node knows it.</summary>
    private string? _mark;

    public string Node => node;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public IReadOnlyList<PresentUser>? Open()
    {
        if (_session.State == ConnectionState.Open) return null;
        _session.Close();
        PostgresConnections.OpenWriter(_session);
        var trip = Trip();
        // When it has this, the session before it is over, and what that has not committed by now it never will.
        trip.Read("SELECT pg_advisory_lock($1)", static _ => { }, PresenceSql.Number(AdvisoryKey.Presence(node)));
        var own = _sql.ReadOwn(trip);
        trip.Run();
        if (_mark is null && own.Count > 0) TellGone();
        _mark ??= MakeMark();
        return own;
    }

    public PresenceState Write(IReadOnlyList<NodeUser> users)
    {
        var state = PresenceState.Whole;
        foreach (var some in users.Chunk(MaxUsers))
        {
            var ofSome = WriteSome(some);
            if (ofSome == PresenceState.Emptied) return ofSome;
            if (ofSome == PresenceState.Quiet) state = ofSome;
        }

        return state;
    }

    public PresenceState Look()
    {
        var trip = Trip();
        var mark = PresenceSql.ReadMark(trip);
        trip.Run();
        return StateOf(mark);
    }

    public IReadOnlyList<PresentUser> TakeOver()
    {
        var trip = Trip();
        var others = _sql.ReadOthers(trip);
        trip.Run();
        if (others.Count == 0) return [];
        EndHung(others);

        // Whose name nobody holds, and whose session for presence is over, too: it may still write. For a moment this holds both, which a node that starts waits for.
        trip = Trip();
        var gone = new List<string>();
        trip.Read(
            "SELECT name FROM unnest($1, $2, $3) AS n (name, key, presence) WHERE pg_try_advisory_xact_lock(key) AND pg_try_advisory_xact_lock(presence)",
            row => gone.Add(row.GetString(0)),
            others.Texts(other => other),
            others.Numbers(AdvisoryKey.Node),
            others.Numbers(AdvisoryKey.Presence));
        trip.Run();
        return [.. gone.SelectMany(TakeOver)];
    }

    public PresenceState EndMissing(IReadOnlyList<PresentUser> shown)
    {
        var state = PresenceState.Whole;
        foreach (var some in shown.Chunk(MaxUsers))
        {
            var trip = Trip();
            var missing = PresenceSql.ReadMissing(trip, some);
            trip.Run();
            if (missing.Count > 0) state = End(missing);
            if (state != PresenceState.Whole) break;
        }

        return state;
    }

    public void Close() => _session.Close();

    public void Dispose() => _session.Dispose();

    /// <summary>Another node of this name has run before, and nobody has told of its end yet.</summary>
    private void TellGone()
    {
        var trip = Trip();
        _sql.Tell(trip, [], node, Now);
        trip.Run();
    }

    private PresenceState WriteSome(NodeUser[] users)
    {
        List<NodeUser> here = [.. users.Where(user => user.Connections is not null)], gone = [.. users.Where(user => user.Connections is null)];
        var turns = new List<FeedPresence>();
        var trip = Transaction();
        PresenceSql.Lock(trip, users.Texts(user => user.UserId));
        var mark = PresenceSql.ReadMark(trip);
        if (here.Count > 0) _sql.Put(trip, here, user => turns.Add(new FeedPresence(user.UserId, user.Username, IsOnline: true, user.At)));
        if (gone.Count > 0) _sql.Delete(trip, gone, user => turns.Add(new FeedPresence(user.UserId, user.Username, IsOnline: false, user.At)));
        trip.Run();
        return End(mark, [.. turns.OrderBy(turn => turn.At)], isWrittenInQuiet: true);
    }

    /// <summary>Tells of users who have no row that they are gone.</summary>
    private PresenceState End(List<PresentUser> missing)
    {
        var trip = Transaction();
        PresenceSql.Lock(trip, missing.Texts(user => user.UserId));
        var mark = PresenceSql.ReadMark(trip);
        // Whoever comes back just now waits for the lock, or is found.
        var gone = PresenceSql.ReadMissing(trip, missing);
        trip.Run();
        return End(mark, [.. gone.Select(user => new FeedPresence(user.UserId, user.Username, IsOnline: false, Now))], isWrittenInQuiet: false);
    }

    /// <summary>Ends a transaction: commits it with what it has to tell, or undoes it where the table was emptied before it.</summary>
    private PresenceState End(PresenceMark mark, IReadOnlyList<FeedPresence> turns, bool isWrittenInQuiet)
    {
        if (mark.Value == _mark && (isWrittenInQuiet || !mark.IsQuiet))
        {
            var trip = Trip();
            if (turns.Count > 0) _sql.Tell(trip, turns, goneNode: null, Now);
            trip.Do("COMMIT");
            trip.Run();
        }
        else
        {
            RollBack();
        }

        return StateOf(mark);
    }

    /// <summary>
    /// Ends the sessions of a node that hangs, which hold its name and its users for as long as its machine answers for it: else nobody could say that these are gone. Each
    /// node looks at the others every 2 s in that session, so it is never idle for long. One that goes on opens its sessions again.
    /// </summary>
    private void EndHung(List<string> others)
    {
        var trip = Trip();
        trip.Read(
            """
            WITH held AS (
                SELECT l.pid, (l.classid::bigint << 32) | l.objid::bigint AS key FROM pg_locks l
                WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
            SELECT pg_terminate_backend(h.pid)
            FROM unnest($1, $2) AS n (key, presence) JOIN held p ON p.key = n.presence
                JOIN pg_stat_activity a ON a.pid = p.pid AND a.state = 'idle' AND a.state_change < clock_timestamp() - make_interval(secs => $3)
                JOIN held h ON h.key IN (n.key, n.presence)
            """,
            static _ => { },
            others.Numbers(AdvisoryKey.Node),
            others.Numbers(AdvisoryKey.Presence),
            new NpgsqlParameter<double> { TypedValue = Hung.TotalSeconds });
        trip.Run();
    }

    private List<PresentUser> TakeOver(string other)
    {
        var (isGone, taken) = (false, new List<PresentUser>());
        var trip = Transaction();
        trip.Read(
            "SELECT pg_try_advisory_xact_lock($1) AND pg_try_advisory_xact_lock($2)",
            row => isGone = row.GetBoolean(0),
            PresenceSql.Number(AdvisoryKey.Node(other)),
            PresenceSql.Number(AdvisoryKey.Presence(other)));
        trip.Run();
        if (!isGone)
        {
            RollBack();
            return taken;
        }

        trip = Trip();
        _sql.TakeOver(trip, other, taken.Add);
        trip.Run();
        trip = Trip();
        // Another node may have been faster.
        if (taken.Count > 0) _sql.Tell(trip, [], other, Now);
        trip.Do("COMMIT");
        trip.Run();
        return taken;
    }

    private PresenceState StateOf(PresenceMark mark)
    {
        if (mark.Value == _mark) return mark.IsQuiet ? PresenceState.Quiet : PresenceState.Whole;
        _mark = mark.Value ?? MakeMark();
        return PresenceState.Emptied;
    }

    private string MakeMark()
    {
        var trip = Trip();
        var mark = PresenceSql.MakeMark(trip, RandomNumberGenerator.GetHexString(16));
        trip.Run();
        return mark.Value!;
    }

    private void RollBack()
    {
        var trip = Trip();
        trip.Do("ROLLBACK");
        trip.Run();
    }

    private RoundTrip Trip() => new(_session);

    private RoundTrip Transaction()
    {
        var trip = Trip();
        trip.Do("BEGIN");
        return trip;
    }
}
