using System.Diagnostics;
using FluentAssertions;
using Npgsql;
using NUnit.Framework;
using RoomWs.Tests.Documentation;

namespace RoomWs.Tests.Support;

/// <summary>A PostgreSQL server of one test, which it may stop and start. It goes away with its data.</summary>
internal sealed class OwnPostgres : IDisposable
{
    private const string Functions = "RoomWs.Tests/postgres.sh";

    private readonly string _folder = Directory.CreateTempSubdirectory("roomws-own-postgres-").FullName;

    private OwnPostgres(string connection) => Connection = connection;

    /// <summary>The connection string to its only database.</summary>
    public string Connection { get; private set; }

    /// <summary>Makes and starts it. The test is ignored where PostgreSQL is not installed.</summary>
    public static OwnPostgres Start()
    {
        var (exitCode, _) = Run("find_postgres");
        if (exitCode != 0) Assert.Ignore("PostgreSQL is not installed here.");
        var postgres = new OwnPostgres("");
        (exitCode, var output) = Run($"find_postgres && start_postgres '{postgres._folder}' && echo \"$postgres_connection\"");
        exitCode.Should().Be(0);
        postgres.Connection = output.Trim();
        return postgres;
    }

    /// <summary>Ends it on the spot, as a crash would.</summary>
    public void Stop() => Run($"find_postgres && stop_postgres '{_folder}'").ExitCode.Should().Be(0);

    /// <summary>Starts it again, where it was.</summary>
    public void StartAgain()
    {
        var port = new NpgsqlConnectionStringBuilder(Connection).Port;
        var start = FormattableString.Invariant($"as_postgres \"$postgres_bin/pg_ctl\" --pgdata='{_folder}/data' --options='-p {port}' --log='{_folder}/log' --timeout=60 --wait start </dev/null &>/dev/null");
        Run($"find_postgres && {start}").ExitCode.Should().Be(0);
    }

    /// <summary>Keeps a copy of all that it has on its disk, while it is stopped.</summary>
    public void Copy() => Run($"cp -a '{_folder}/data' '{_folder}/copy'").ExitCode.Should().Be(0);

    /// <summary>Has it be what it was when it was copied, while it is stopped.</summary>
    public void Restore() => Run($"rm -rf '{_folder}/data' && mv '{_folder}/copy' '{_folder}/data'").ExitCode.Should().Be(0);

    public void Dispose()
    {
        Stop();
        Run($"rm -rf '{_folder}'");
    }

    private static (int ExitCode, string Output) Run(string command)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", $". {Functions}; {command}"]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return (bash.ExitCode, output);
    }
}
