using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting;

namespace RoomWs.Tests.Support;

/// <summary>A database of its own on the PostgreSQL that the run was given. Each is a copy of one that a server has started on: that costs a hundredth of a second.</summary>
internal sealed class PostgresDatabase : TestDatabase
{
    private const string Variable = "ROOMWS_TEST_POSTGRES";

    private static readonly string? Given = Environment.GetEnvironmentVariable(Variable);

    /// <summary>Nobody else's databases begin so.</summary>
    private static readonly string Run = $"roomws_test_{Guid.NewGuid():N}";

    private static readonly Lazy<NpgsqlDataSource> Maintenance = new(() => NpgsqlDataSource.Create(Given ?? throw new InvalidOperationException($"{Variable} is not set.")));
    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);
    private static int _made;

    private readonly string _name;

    private PostgresDatabase(string name) => _name = name;

    /// <summary>Whether the run is on PostgreSQL.</summary>
    public static bool IsGiven => !string.IsNullOrEmpty(Given);

    public static async Task<PostgresDatabase> MakeAsync()
    {
        var template = await Template.Value;
        var database = new PostgresDatabase($"{Run}_{Interlocked.Increment(ref _made)}");
        await ExecuteAsync($"CREATE DATABASE {database._name} TEMPLATE {template}");
        return database;
    }

    /// <summary>Drops what the databases were copied from.</summary>
    public static async Task EndRunAsync()
    {
        if (Template.IsValueCreated) await ExecuteAsync($"DROP DATABASE IF EXISTS {Run} WITH (FORCE)");
        if (Maintenance.IsValueCreated) await Maintenance.Value.DisposeAsync();
    }

    public override void Use(RoomWsOptions options) => options.Postgres = ConnectionOf(_name);

    public override DbConnection Open()
    {
        var connection = new NpgsqlConnection(ConnectionOf(_name) + ";Pooling=false");
        connection.Open();
        return connection;
    }

    public override void Refuse(string table, string condition)
    {
        using var connection = Open();
        connection.Run($"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'on purpose'; END $$;
            CREATE TRIGGER refused BEFORE INSERT ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION refuse()
            """);
    }

    public override string Bytes(string text) => $"convert_to({text}, 'UTF8')";

    /// <summary>With whatever connections a server has left: whether it leaves any is for tests of its end.</summary>
    public override async ValueTask DisposeAsync() => await ExecuteAsync($"DROP DATABASE {_name} WITH (FORCE)");

    /// <summary>A database with the server's tables, which nobody can connect to: else no other could be copied from it.</summary>
    private static async Task<string> MakeTemplateAsync()
    {
        await ExecuteAsync($"CREATE DATABASE {Run} TEMPLATE template0 ENCODING 'UTF8'");
        var options = new RoomWsOptions { Port = 0, Dev = true, Postgres = ConnectionOf(Run) };
        await (await RoomWsServer.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None)).DisposeAsync();
        await ExecuteAsync($"ALTER DATABASE {Run} ALLOW_CONNECTIONS false");
        await ExecuteAsync($"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{Run}'");
        return Run;
    }

    private static string ConnectionOf(string database) => new NpgsqlConnectionStringBuilder(Given) { Database = database }.ToString();

    private static async Task ExecuteAsync(string sql)
    {
        await using var command = Maintenance.Value.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
