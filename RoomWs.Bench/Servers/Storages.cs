using RoomWs.Bench.Load;

namespace RoomWs.Bench.Servers;

/// <summary>Where RoomWs keeps its rooms while it is measured: in a SQLite file, in PostgreSQL, or in both in turn. PostgreSQL is started when it is first needed.</summary>
internal sealed class Storages : IDisposable
{
    private const string Sqlite = "sqlite";
    private const string Postgres = "postgres";

    private readonly string? _connection;
    private readonly Lazy<PostgresServer> _server;

    /// <summary>Selects the storages of these names, or the SQLite file if there are none.</summary>
    public Storages(IReadOnlyCollection<string> names, string? connection)
    {
        _connection = connection;
        _server = new Lazy<PostgresServer>(() => connection is null ? PostgresServer.Start() : PostgresServer.Given(connection));
        var chosen = names.Count == 0 ? [Sqlite] : names;
        Servers = [.. KnownNames.Where(name => chosen.Contains(name, StringComparer.OrdinalIgnoreCase)).Select(name => name == Sqlite ? Peers.RoomWs : Peers.RoomWsOnPostgres)];
    }

    public static IReadOnlyList<string> KnownNames { get; } = [Sqlite, Postgres];

    /// <summary>RoomWs on each of the storages, as the results call it.</summary>
    public IReadOnlyList<string> Servers { get; }

    /// <summary>The PostgreSQL of this run.</summary>
    /// <exception cref="LoadException">There is none.</exception>
    public PostgresServer Server => _server.Value;

    /// <summary>Why there is no PostgreSQL; null if there is.</summary>
    public string? Obstacle => _connection is null ? PostgresServer.Obstacle() : null;

    public ServerUnderTest Start(string name) => name == Peers.RoomWs ? RoomWsServers.StartOnSqlite() : RoomWsServers.StartOnPostgres(Server.Make());

    public void Dispose()
    {
        if (_server.IsValueCreated) _server.Value.Dispose();
    }
}
