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
    private readonly TaskCompletionSource _nameLost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PostgresDatabase(PostgresConnections connections, NodeLock nodeLock, string node, TimeSpan patience, TimeProvider time, TimeProvider? clock)
    {
        (_connections, _lock) = (connections, nodeLock);
        var (witness, queue) = (new FeedWitness(), new NotifyQueue(time));
        var session = new WriterSession(connections, witness, node);
        (Writer, Store) = (session.Connection, new PostgresStore(session, new FeedWriter(session, witness, queue, node, patience, time), new PastUpdates(time), clock));
        Faults = new PostgresFaults(connections.Target);
        Feed = new PostgresFeed(connections, witness, queue, node);
        LiveBus = new PostgresLiveBus(connections, queue, node);
        _presence = new PostgresPresence(connections, node, time);
    }

    public SqlDialect Dialect => PostgresDialect.Instance;

    public IStorageFaults Faults { get; }

    public IStore Store { get; }

    public DbConnection Writer { get; }

    public IFeed? Feed { get; }

    public Task NameLost => _nameLost.Task;

    public ILiveBus? LiveBus { get; }

    public IPresenceStore? Presence => _presence;

    /// <summary>Connects, and brings the schema up to date.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="time">This node's clock.</param>
    /// <param name="clock">Stands for the database's clock. Null for its own.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="stop">Ends the attempts to reach the database.</param>
    /// <exception cref="StartupException">It cannot be used, or another node has the name; the message says why and what to do.</exception>
    public static PostgresDatabase Open(RoomWsOptions options, TimeProvider time, TimeProvider? clock, ILoggerFactory loggers, CancellationToken stop)
    {
        var (node, patience) = (options.NodeName ?? NodeName.MakeUp(), TimeSpan.FromSeconds(options.StorageRetrySeconds));
        var connections = new PostgresConnections(options.Postgres!, node);
        try
        {
            var nodeLock = PostgresStart.Open(connections, node, patience, time, loggers.CreateLogger<PostgresMigrator>(), stop);
            return new PostgresDatabase(connections, nodeLock, node, patience, time, clock);
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
            var isHousekeeper = _lock.TryHold(AdvisoryKey.Housekeeping);
            if (_lock.IsLost) _nameLost.TrySetResult();
            return isHousekeeper;
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
        LiveBus?.Dispose();
        Feed?.Dispose();
        _presence.Dispose();
        _lock.Dispose();
        _connections.Dispose();
    }
}
