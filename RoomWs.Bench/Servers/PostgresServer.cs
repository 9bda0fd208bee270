using System.Diagnostics;
using Npgsql;
using RoomWs.Bench.Load;

namespace RoomWs.Bench.Servers;

/// <summary>A PostgreSQL: one that was given, or one of the benchmark's own, which goes away with it.</summary>
internal sealed class PostgresServer : IDisposable
{
    /// <summary>The functions with which the tests make one, too.</summary>
    private static readonly string Functions = Path.Combine(Repository.Root, "RoomWs.Tests", "postgres.sh");

    private readonly string _connection;
    private readonly Process? _own;
    private int _made;

    private PostgresServer(string connection, Process? own)
    {
        (_connection, _own) = (connection, own);
        using var probe = new NpgsqlConnection(connection + ";Pooling=false");
        try
        {
            probe.Open();
        }
        catch (NpgsqlException fault)
        {
            throw new LoadException($"PostgreSQL cannot be used: {fault.Message}", fault);
        }

        (Version, Meter) = (probe.PostgreSqlVersion.ToString(), PostmasterMeter.Of(probe));
    }

    public string Version { get; }

    /// <summary>Its processes; null if they are not on this machine.</summary>
    public PostmasterMeter? Meter { get; }

    /// <summary>Why none can be started here; null if one can.</summary>
    public static string? Obstacle()
    {
        using var search = Bash("find_postgres", keepsOpen: false);
        search.WaitForExit();
        return search.ExitCode == 0 ? null : "PostgreSQL is not installed here, and --postgres names none";
    }

    public static PostgresServer Given(string connection) => new(connection, own: null);

    /// <summary>Starts one: in memory where there is room, with fsync on.</summary>
    public static PostgresServer Start()
    {
        // It ends when its standard input does, however this process ends.
        var own = Bash("find_postgres && trap drop_scratch_postgres EXIT && trap 'exit 1' INT TERM && make_scratch_postgres && echo \"$postgres_connection\" && cat", keepsOpen: true);
        var connection = own.StandardOutput.ReadLine();
        if (connection is not null) return new PostgresServer(connection, own);
        own.Dispose();
        throw new LoadException(Obstacle() ?? "PostgreSQL did not start.");
    }

    /// <summary>Makes an empty database.</summary>
    public PostgresDatabase Make()
    {
        var name = $"roomws_bench_{Environment.ProcessId}_{++_made}";
        Execute($"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
        return new PostgresDatabase(this, name, new NpgsqlConnectionStringBuilder(_connection) { Database = name }.ToString());
    }

    public void Drop(PostgresDatabase database) => Execute($"DROP DATABASE {database.Name} WITH (FORCE)");

    public void Dispose()
    {
        if (_own is null) return;
        _own.StandardInput.Close();
        _own.WaitForExit();
        _own.Dispose();
    }

    private static Process Bash(string command, bool keepsOpen) => Process.Start(new ProcessStartInfo("bash", ["-c", $". '{Functions}'; {command}"])
    {
        UseShellExecute = false,
        RedirectStandardInput = keepsOpen,
        RedirectStandardOutput = keepsOpen,
    })!;

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(_connection + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
