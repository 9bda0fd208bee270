using System.Data;
using Npgsql;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>Statements that go to the database together, and what is done with the rows that come back. For one use, by one thread.</summary>
internal sealed class RoundTrip(NpgsqlConnection connection)
{
    private readonly List<NpgsqlBatchCommand> _commands = [];
    private readonly List<Action<NpgsqlDataReader>> _reads = [];

    public bool IsEmpty => _commands.Count == 0;

    /// <summary>Adds a statement that returns no rows.</summary>
    public void Do(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        _commands.Add(command);
    }

    /// <summary>Adds a statement that returns rows.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="read">Called for each row, when the statements before it are done.</param>
    /// <param name="parameters">Its parameters, in their order.</param>
    public void Read(string sql, Action<NpgsqlDataReader> read, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        Do(sql, parameters);
        _reads.Add(read);
    }

    /// <summary>Sends all, and reads what comes back. The first statement that fails ends it.</summary>
    public void Run()
    {
        using var batch = new NpgsqlBatch(connection);
        foreach (var command in _commands) batch.BatchCommands.Add(command);
        using var reader = Execute(batch);
        // Only statements with rows have a result.
        foreach (var read in _reads)
        {
            while (reader.Read()) read(reader);
            reader.NextResult();
        }

        while (reader.NextResult())
        {
        }
    }

    /// <summary>A connection that was lost while nobody used it is no fault of whoever uses it next: it fails as one that is lost in use.</summary>
    private NpgsqlDataReader Execute(NpgsqlBatch batch)
    {
        try
        {
            return batch.ExecuteReader();
        }
        catch (InvalidOperationException closed) when (connection.State != ConnectionState.Open)
        {
            throw new NpgsqlException("The connection was lost.", new IOException(closed.Message, closed));
        }
    }
}
