using System.Data;
using Npgsql;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// The session that a node writes with. It holds a lock of its own: whoever opens the next knows, when it has the lock, that the session before it is over, and with
/// that, what became of its last commit. Writer's thread only.
/// </summary>
internal sealed class WriterSession(PostgresConnections connections, FeedWitness witness, string node) : IDisposable
{
    /// <summary>The same for as long as the server runs, open or not.</summary>
    public NpgsqlConnection Connection { get; } = connections.MakeWriter();

    /// <summary>How many sessions it has opened. What a node has learned in one may not hold in the next, where the database is one that had lost something.</summary>
    public long Sessions { get; private set; }

    public bool IsOpen => Connection.State == ConnectionState.Open;

    /// <summary>Opens it, where it is not open.</summary>
    public void Open()
    {
        if (IsOpen) return;
        Connection.Close();
        try
        {
            PostgresConnections.OpenWriter(Connection);
            var trip = new RoundTrip(Connection);
            trip.Read("SELECT pg_advisory_lock($1)", static _ => { }, new NpgsqlParameter<long>(null!, AdvisoryKey.Writer(node)));
            trip.Run();
            witness.Look(Connection);
            Sessions++;
        }
        catch
        {
            Connection.Close();
            throw;
        }
    }

    /// <summary>Gives the session up, for nobody knows what state it is in.</summary>
    public void Close() => Connection.Close();

    public void Dispose() => Connection.Dispose();
}
