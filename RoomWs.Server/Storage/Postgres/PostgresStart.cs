using Microsoft.Extensions.Logging;
using Npgsql;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>What a node does with the database before it uses it.</summary>
internal static class PostgresStart
{
    /// <summary>
    /// Refuses a database that cannot be used, brings its schema up, and takes the node's name. A server that is not there is tried for a while, for it may be
    /// starting, too.
    /// </summary>
    /// <returns>The lock on the node's name.</returns>
    /// <exception cref="StartupException">The database cannot be used, or another node has the name.</exception>
    public static NodeLock Open(PostgresConnections connections, string node, TimeSpan patience, TimeProvider time, ILogger<PostgresMigrator> log, CancellationToken stop)
    {
        var tries = new Retries(time, patience);
        while (true)
        {
            try
            {
                PostgresCheck.ExpectUsable(connections);
                new PostgresMigrator(connections, time, log).BringUp();
                return NodeLock.Take(connections, node, time, stop);
            }
            catch (NpgsqlException fault) when (PostgresFault.IsWorthRetry(fault) && tries.WaitForNext(stop))
            {
                // Another try.
            }
            catch (NpgsqlException fault)
            {
                throw new StartupException(PostgresFault.AtStart(fault, connections.Target)!, fault);
            }
        }
    }

    /// <summary>Looks at the database for whoever asks whether a node could run on it, and changes nothing.</summary>
    /// <returns>A sentence that says what it is.</returns>
    /// <exception cref="StartupException">No node could.</exception>
    public static string Look(string connectionString)
    {
        using var connections = new PostgresConnections(connectionString, "check-config");
        try
        {
            var version = PostgresCheck.ExpectUsable(connections);
            using var connection = connections.OpenAlone();
            var schema = PostgresSchema.Applied(connection, connections.Target).Keys.DefaultIfEmpty().Max();
            return FormattableString.Invariant($"The {connections.Target} can be used: PostgreSQL {version}, {(schema == 0 ? "without tables, which a start makes" : FormattableString.Invariant($"schema {schema}"))}");
        }
        catch (NpgsqlException fault)
        {
            throw new StartupException(PostgresFault.AtStart(fault, connections.Target)!, fault);
        }
    }
}
