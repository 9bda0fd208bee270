using Dapper;
using Npgsql;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>
/// Opens connections to the database, all set up the same way, whatever the operator's connection string says beside where it is and who asks. May be used from
/// any thread.
/// </summary>
internal sealed class PostgresConnections : IDisposable
{
    /// <summary>
    /// What every session has, so that a node that hangs or a host that is gone holds locks for seconds only. They are given when a session starts, and not by SET:
    /// so a pooler that drops them is found out.
    /// </summary>
    public static readonly IReadOnlyList<(string Name, string Value)> SessionSettings =
    [
        ("idle_in_transaction_session_timeout", "2s"),
        ("lock_timeout", "5s"),
        ("tcp_keepalives_idle", "2"),
        ("tcp_keepalives_interval", "1"),
        ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "5s"),
    ];

    /// <summary>
    /// Seconds of silence after which Npgsql asks whether the server is still there. More than idle_in_transaction_session_timeout: it asks within a transaction,
    /// too, and would have a node that hangs there hold its locks for ever.
    /// </summary>
    private const int Keepalive = 3;

    /// <summary>The longest text that PostgreSQL keeps as the name of an application.</summary>
    private const int ApplicationNameLength = 63;

    private readonly string _alone;
    private readonly NpgsqlDataSource _readers;

    static PostgresConnections()
    {
        // Columns are snake_case, properties are PascalCase. Dapper has only one switch for the whole process.
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    /// <summary>Opens none yet.</summary>
    /// <param name="connectionString">The operator's, which has been checked.</param>
    /// <param name="node">The name of this node, which its sessions show in pg_stat_activity.</param>
    public PostgresConnections(string connectionString, string node)
    {
        var alone = Common(connectionString, node);
        alone.Pooling = false;
        _alone = alone.ConnectionString;
        Target = PostgresAddress.Target(connectionString);

        var readers = Common(connectionString, node);
        readers.Options += " -c default_transaction_read_only=on";
        // Whoever reads keeps its connections; a second pool under that one would hand out again what the first has thrown away.
        readers.Pooling = false;
        _readers = new NpgsqlDataSourceBuilder(readers.ConnectionString).Build();
    }

    /// <summary>What messages call the database: <c>database roomws at db:5432</c>.</summary>
    public string Target { get; }

    /// <summary>
    /// Opens a connection for changes, which belongs to no pool. Whoever is told that a change is stored can rely on it: where the server's default says less,
    /// its commits wait until they are on the disk.
    /// </summary>
    public NpgsqlConnection OpenForWriting()
    {
        var connection = MakeWriter();
        try
        {
            OpenWriter(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes a connection for changes that is still to be opened, by <see cref="OpenWriter"/>.</summary>
    public NpgsqlConnection MakeWriter() => new(_alone);

    /// <summary>Opens a connection for changes, for the first time or again.</summary>
    public static void OpenWriter(NpgsqlConnection connection)
    {
        OpenForKeys(connection);
        connection.Execute("SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')");
    }

    /// <summary>Opens a connection that belongs to no pool, for reads by keys alone.</summary>
    public NpgsqlConnection OpenForKeys()
    {
        var connection = new NpgsqlConnection(_alone);
        try
        {
            OpenForKeys(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that belongs to no pool: for a lock that its session holds, or to listen.</summary>
    public NpgsqlConnection OpenAlone() => Opened(new NpgsqlConnection(_alone));

    /// <summary>Opens a connection for reading, which belongs to no pool.</summary>
    public NpgsqlConnection OpenForReading() => Opened(_readers.CreateConnection());

    public void Dispose() => _readers.Dispose();

    private static void OpenForKeys(NpgsqlConnection connection)
    {
        connection.Open();
        // A plan that is made while a table is small would read the whole of it, and be kept when it is large.
        connection.Execute("SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off");
    }

    private static NpgsqlConnection Opened(NpgsqlConnection connection)
    {
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static NpgsqlConnectionStringBuilder Common(string connectionString, string node)
    {
        var name = $"RoomWs {node}";
        var common = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = name.Length > ApplicationNameLength ? name[..ApplicationNameLength] : name,
            // Seconds until a server that does not answer counts as gone: to connect, and for a statement, which waits 5 s for a lock.
            Timeout = 5,
            CommandTimeout = 10,
            KeepAlive = Keepalive,
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            // Of a row that breaks a constraint a message would show the values.
            IncludeErrorDetail = false,
            PersistSecurityInfo = false,
            Enlist = false,
        };

        // Of two options of one name the last counts.
        common.Options = string.Join(' ', SessionSettings.Select(setting => $"-c {setting.Name}={setting.Value}").Prepend(common.Options).Where(part => part is { Length: > 0 }));
        var hosts = common.Host!.Split(',', StringSplitOptions.TrimEntries);
        // A socket in the file system has no such thing, and would not open. The times are in seconds.
        if (!hosts.Any(host => host.StartsWith('/') || host.StartsWith('@'))) (common.TcpKeepAlive, common.TcpKeepAliveTime, common.TcpKeepAliveInterval) = (true, 2, 1);
        // Of several hosts the one that takes changes. Reads go there, too: a standby may be behind, and what they find out must not be older than what was told.
        if (hosts.Length > 1) (common.TargetSessionAttributes, common.LoadBalanceHosts, common.HostRecheckSeconds) = ("primary", false, 1);
        return common;
    }
}
