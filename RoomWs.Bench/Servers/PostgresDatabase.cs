using Npgsql;

namespace RoomWs.Bench.Servers;

/// <summary>A database of its own for each server, or for each cluster of nodes, that is measured.</summary>
internal sealed class PostgresDatabase(PostgresServer server, string name, string connection) : IDisposable
{
    public string Name => name;

    public string Connection => connection;

    public PostgresServer Server => server;

    /// <summary>How many batches were committed so far, by all nodes.</summary>
    public long Batches()
    {
        using var open = new NpgsqlConnection(connection + ";Pooling=false");
        open.Open();
        using var command = new NpgsqlCommand("SELECT position FROM head", open);
        return (long)command.ExecuteScalar()!;
    }

    public void Dispose() => server.Drop(this);
}
