using System.Data;
using System.Data.Common;
using Npgsql;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>Reads the database as it was at one moment. For one thread at a time.</summary>
internal sealed class PostgresReadConnection(NpgsqlConnection connection) : IReadConnection
{
    private NpgsqlTransaction? _read;
    private int _process;

    public DbConnection Connection => connection;

    public bool IsOpen => connection.State == ConnectionState.Open;

    // It goes to the database with the first statement.
    public void Begin()
    {
        if (!IsOpen) throw Lost();
        (_read, _process) = (connection.BeginTransaction(IsolationLevel.RepeatableRead), connection.ProcessID);
    }

    public void End()
    {
        using var read = _read;
        _read = null;
        if (read is null) return;
        // Dapper opens a connection that it finds closed, and reads on at another moment.
        if (!IsOpen || connection.ProcessID != _process) throw Lost();
        // Of a connection that is broken, this says so, and it is not used again.
        read.Commit();
    }

    public void Dispose()
    {
        _read?.Dispose();
        connection.Dispose();
    }

    private static NpgsqlException Lost() => new("The connection was lost.", new IOException("The connection was lost."));
}
