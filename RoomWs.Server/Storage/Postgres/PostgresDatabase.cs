using System.Data.Common;
using Microsoft.Extensions.Logging;
using Npgsql;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>A PostgreSQL database, which other nodes may use, too.</summary>
internal sealed class PostgresDatabase : IDatabase
{
    private readonly PostgresConnections _connections;
    private readonly NodeLock _lock;
    private readonly PostgresPresence _presence;

    private PostgresDatabase(PostgresConnections connections, NodeLock nodeLock, string node, TimeSpan patience, TimeProvider time)
    {
        (_connections, _lock) = (connections, nodeLock);
        var session = new WriterSession(connections, node);
        (Writer, Store) = (session.Connection, new PostgresStore(session, new FeedWriter(session, node, patience, time)));
        Faults = new PostgresFaults(connections.Target);
        Feed = new PostgresFeed(connections, node);
        _presence = new PostgresPresence(connections, node, time);
    }

    public SqlDialect Dialect => PostgresDialect.Instance;

    public IStorageFaults Faults { get; }

    public IStore Store { get; }

    public DbConnection Writer { get; }

    public IFeed? Feed { get; }

    public IPresenceStore? Presence => _presence;

    /// <summary>Connects, and brings the schema up to date.</summary>
    /// <exception cref="StartupException">It cannot be used, or another node has the name; the message says why and what to do.</exception>
    public static PostgresDatabase Open(RoomWsOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken stop)
    {
        var (node, patience) = (options.NodeName ?? NodeName.MakeUp(), TimeSpan.FromSeconds(options.StorageRetrySeconds));
        var connections = new PostgresConnections(options.Postgres!, node);
        try
        {
            var nodeLock = PostgresStart.Open(connections, node, patience, time, loggers.CreateLogger<PostgresMigrator>(), stop);
            return new PostgresDatabase(connections, nodeLock, node, patience, time);
        }
        catch
        {
            connections.Dispose();
            throw;
        }
    }

    public bool IsHousekeeper()
    {
        try
        {
            return _lock.TryHold(AdvisoryKey.Housekeeping);
        }
        catch (NpgsqlException)
        {
            // Whoever has something to store tells of the outage.
            return false;
        }
    }

    public IReadConnection OpenForReading() => new PostgresReadConnection(_connections.OpenForReading());

    public void Dispose()
    {
        Feed?.Dispose();
        _presence.Dispose();
        _lock.Dispose();
        _connections.Dispose();
    }
}
