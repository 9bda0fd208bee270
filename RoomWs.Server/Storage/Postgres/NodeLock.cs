using System.Data;
using Dapper;
using Npgsql;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// Keeps a second node of one name away while this one runs: a lock that the session of a connection holds, and that PostgreSQL frees when the session ends. May
/// be used from any thread.
/// </summary>
internal sealed class NodeLock : IDisposable
{
    /// <summary>How long a start waits for the lock. The session of a node whose host is gone has ended by then.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly PostgresConnections _connections;
    private readonly long _key;
    private readonly TimeProvider _time;

    /// <summary>Whoever looks at the end whether the lock is still held must not use the connection while that is closed.</summary>
    private readonly Lock _gate = new();
    private bool _isDisposed;
    private NpgsqlConnection? _connection;
    private long? _takenSince;

    private NodeLock(PostgresConnections connections, string name, TimeProvider time) => (_connections, _key, _time) = (connections, AdvisoryKey.Node(name), time);

    /// <summary>Whether another node has this one's name, and has had it for longer than a session of this one can last that was lost.</summary>
    public bool IsLost => _takenSince is { } since && _time.GetElapsedTime(since) > Patience;

    /// <summary>Takes the lock, and waits for it where another has it.</summary>
    /// <exception cref="StartupException">Another node of that name runs.</exception>
    public static NodeLock Take(PostgresConnections connections, string name, TimeProvider time, CancellationToken stop)
    {
        var taken = new NodeLock(connections, name, time);
        try
        {
            var tries = new Retries(time, Patience);
            while (!taken.TryHold())
            {
                if (!tries.WaitForNext(stop))
                    throw new StartupException($"Two nodes of one name: another that is called {name} runs on the {connections.Target}. Give each a NodeName of its own, or none.");
            }

            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether this node has its name: looks whether the session that holds it is still there, and takes the lock again on a new one if not. False where another
    /// session has it, which for some seconds may be this node's own that was lost. Throws where the database cannot be reached.
    /// </summary>
    public bool TryHold()
    {
        lock (_gate) return TryHoldLocked();
    }

    /// <summary>Whether the session that holds the name holds this lock as well: takes it where no other node has it, and keeps it until the session ends.</summary>
    public bool TryHold(long key)
    {
        lock (_gate)
        {
            if (!TryHoldLocked() || _connection is not { } held) return false;
            // A session may take a lock of its own again and again, and keeps it.
            return held.ExecuteScalar<bool>(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND (classid::bigint << 32) | objid::bigint = @key) OR pg_try_advisory_lock(@key)",
                new { key });
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _connection?.Dispose();
        }
    }

    private bool TryHoldLocked()
    {
        if (_isDisposed) return false;
        if (_connection is { } held && IsAlive(held)) return true;

        _connection?.Dispose();
        _connection = null;
        var connection = _connections.OpenAlone();
        try
        {
            if (!connection.ExecuteScalar<bool>("SELECT pg_try_advisory_lock(@Key)", new { Key = _key }))
            {
                _takenSince ??= _time.GetTimestamp();
                return false;
            }

            (_connection, _takenSince) = (connection, null);
            return true;
        }
        finally
        {
            if (_connection is null) connection.Dispose();
        }
    }

    private static bool IsAlive(NpgsqlConnection connection)
    {
        try
        {
            // Dapper would open it again.
            return connection.State == ConnectionState.Open && connection.ExecuteScalar<int>("SELECT 1") == 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
