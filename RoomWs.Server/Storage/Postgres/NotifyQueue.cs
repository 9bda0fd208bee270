using Npgsql;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// The queue in which PostgreSQL keeps notifications until all who listen have read them. A node that listens and hangs fills it, and while it is full nothing that
/// notifies can be committed. So those that hang are cut off, and before it is full nobody notifies: the nodes look at the table by themselves, then.
/// </summary>
internal sealed class NotifyQueue(TimeProvider time)
{
    /// <summary>The part of the queue from which on nobody adds to it. All of it is 8 GB.</summary>
    private const double TooFull = 0.25;

    /// <summary>The part that no node leaves unread that still runs: what all of them write in many seconds.</summary>
    private const double FarBehind = 0.005;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long? _lookedAt;
    private double _usage;

    /// <summary>How much of the queue is in use: 0 to 1. May be read from any thread.</summary>
    public double Usage => Volatile.Read(ref _usage);

    /// <summary>Whether nobody may add to it. May be read from any thread.</summary>
    public bool IsFilling => Usage > TooFull;

    /// <summary>Looks at it, once in a while. On the connection that listens.</summary>
    public void Look(NpgsqlConnection connection)
    {
        if (_lookedAt is { } before && time.GetElapsedTime(before) < Interval) return;
        _lookedAt = time.GetTimestamp();
        var usage = 0.0;
        var trip = new RoundTrip(connection);
        trip.Read("SELECT pg_notification_queue_usage()", row => usage = row.GetDouble(0));
        trip.Run();
        Volatile.Write(ref _usage, usage);
        if (usage > FarBehind) CutOff(connection);
    }

    /// <summary>Ends the sessions of nodes that listen, and have left so much unread that PostgreSQL waits to send them more. A node that still runs listens again.</summary>
    private static void CutOff(NpgsqlConnection connection)
    {
        var trip = new RoundTrip(connection);
        trip.Read(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = current_user AND application_name LIKE 'RoomWs %' AND state = 'idle' AND wait_event = 'ClientWrite'
            """,
            static _ => { });
        trip.Run();
    }
}
