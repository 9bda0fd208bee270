using Npgsql;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// The last batch that this node has committed or read, by which it knows the database again on a new connection. After a failover to a server that had lost something,
/// or to a backup, its position has another batch, or is not there yet. Writer's thread only.
/// </summary>
internal sealed class FeedWitness
{
    private long _position;
    private string _node = "";
    private long _n;

    /// <summary>Called with the present head where the database has not all that was read of it: whoever follows the feed can only begin anew, there.</summary>
    public Action<long>? Lost { get; set; }

    /// <summary>Notes a batch.</summary>
    /// <param name="position">Its position.</param>
    /// <param name="node">The node that has committed it.</param>
    /// <param name="n">Its number among that node's.</param>
    public void See(long position, string node, long n)
    {
        if (position > _position) (_position, _node, _n) = (position, node, n);
    }

    /// <summary>Looks for it on a connection that was opened just now.</summary>
    public void Look(NpgsqlConnection connection)
    {
        if (_position == 0) return;
        var (head, isThere) = (0L, false);
        var trip = new RoundTrip(connection);
        trip.Read(
            "SELECT h.position, h.position >= $1 AND (f.position IS NULL OR f.node = $2 AND f.n = $3) FROM head h LEFT JOIN feed f ON f.position = $1",
            // A row that has had its time is deleted, which says nothing.
            row => (head, isThere) = (row.GetInt64(0), row.GetBoolean(1)),
            new NpgsqlParameter<long> { TypedValue = _position },
            new NpgsqlParameter<string> { TypedValue = _node },
            new NpgsqlParameter<long> { TypedValue = _n });
        trip.Run();
        if (isThere) return;
        _position = 0;
        Lost?.Invoke(head);
    }
}
