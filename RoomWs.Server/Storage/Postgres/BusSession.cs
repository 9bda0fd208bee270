using Npgsql;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>The session that a node speaks on the bus with. For one thread at a time.</summary>
internal sealed class BusSession(PostgresConnections connections) : IDisposable
{
    private NpgsqlConnection? _connection;
    private bool _isBroken;

    public bool IsOpen => _connection is not null;

    /// <summary>Opens it, where it is not open. Returns whether another was lost before.</summary>
    public bool Open()
    {
        if (IsOpen) return false;
        var connection = connections.OpenAlone();
        try
        {
            // Nobody waits for what is fleeting to be on a disk.
            using var set = new NpgsqlCommand("SET synchronous_commit = off", connection);
            set.ExecuteNonQuery();
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        var wasBroken = _isBroken;
        (_connection, _isBroken) = (connection, false);
        return wasBroken;
    }

    public void Send(IEnumerable<string> texts)
    {
        var trip = new RoundTrip(_connection!);
        trip.Read(
            "SELECT pg_notify($1, text) FROM unnest($2) AS text",
            static _ => { },
            new NpgsqlParameter<string> { TypedValue = BusCall.Channel },
            new NpgsqlParameter<string[]> { TypedValue = [.. texts] });
        trip.Run();
    }

    /// <summary>Gives it up.</summary>
    public void Break()
    {
        _connection?.Dispose();
        (_connection, _isBroken) = (null, true);
    }

    public void Dispose() => _connection?.Dispose();
}
