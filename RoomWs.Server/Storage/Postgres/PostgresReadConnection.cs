using System.Data;
using System.Data.Common;
using Npgsql;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>Reads the database as it was at one moment. For one thread at a time.</summary>
internal sealed class PostgresReadConnection(NpgsqlConnection connection) : IReadConnection
{
    private NpgsqlTransaction? _read;

    public DbConnection Connection => connection;

    // It goes to the database with the first statement.
    public void Begin() => _read = connection.BeginTransaction(IsolationLevel.RepeatableRead);

    public void End()
    {
        using var read = _read;
        _read = null;
        // Of a connection that is broken, this says so, and it is not used again.
        read?.Commit();
    }

    public void Dispose()
    {
        _read?.Dispose();
        connection.Dispose();
    }
}
