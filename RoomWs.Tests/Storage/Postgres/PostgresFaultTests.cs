using System.Net.Sockets;
using System.Security.Authentication;
using FluentAssertions;
using Npgsql;
using NUnit.Framework;
using RoomWs.Server.Storage.Postgres;

namespace RoomWs.Tests.Storage.Postgres;

internal sealed class PostgresFaultTests
{
    private const string Target = "database roomws at db:5432";

    private static readonly string[] WorthRetry = ["08006", "08003", "57P01", "57P02", "57P03", "57P05", "57014", "40001", "40P01", "55P03", "25P03", "25P04", "26000", "53300", "25006"];

    private static readonly string[] OfStorageAlone = ["53100", "53200", "57P04", "58030", "58P01", "28P01", "28000", "3D000", "42501", "XX001", "XX002"];

    /// <summary>Faults of a statement, and so of this program.</summary>
    private static readonly string[] OfStatements = ["23505", "42P01", "42601", "22021", "22P02", "25P02", "0A000", "XX000"];

    private static readonly (Exception Fault, bool IsWorthRetry, string What)[] Connections =
    [
        (new NpgsqlException("Failed to connect to 10.0.0.1:5432", new SocketException((int)SocketError.ConnectionRefused)), true, "cannot be reached (*"),
        (new NpgsqlException("Name or service not known", new SocketException((int)SocketError.HostNotFound)), true, "has a host that nobody knows*"),
        (new NpgsqlException("Exception while reading from stream", new EndOfStreamException()), true, "has lost the connection*"),
        (new NpgsqlException("Exception while reading from stream", new TimeoutException()), true, "does not answer in time*"),
        (new NpgsqlException("Exception while performing SSL handshake", new AuthenticationException("The certificate is not valid.")), false, "cannot be reached by TLS (The certificate is not valid)*"),
        (new NpgsqlException("No suitable host was found."), true, "has no host that can be reached*"),
        (new NpgsqlException("Unable to connect to a suitable host. Check inner exception for more details.", new AggregateException(new NpgsqlException("Failed to connect to 10.0.0.1:5432", new SocketException((int)SocketError.ConnectionRefused)))), true, "cannot be reached (*"),
        (new NpgsqlException("No password has been provided but the backend requires one"), false, "cannot be used (No password has been provided*"),
    ];

    [TestCaseSource(nameof(WorthRetry))]
    public void What_a_new_connection_can_mend_is_tried_again(string state) => Judge(state).Should().Be((true, true));

    [TestCaseSource(nameof(OfStorageAlone))]
    public void What_the_operator_has_to_mend_is_not(string state) => Judge(state).Should().Be((true, false));

    [TestCaseSource(nameof(OfStatements))]
    public void A_statement_that_is_wrong_is_no_fault_of_the_storage(string state) => Judge(state).Should().Be((false, false));

    [Test]
    public void Every_fault_has_its_state_the_database_and_what_to_do([ValueSource(nameof(WorthRetry)), ValueSource(nameof(OfStorageAlone))] string state)
    {
        var fault = Answered(state);

        PostgresFault.AtStart(fault, Target).Should().Match($"The database roomws at db:5432 * (SQLSTATE {state}). *.").And.NotContain("Exception").And.NotContain("\n").And.NotContain("reports a fault");
        PostgresFault.WhileRunning(fault, Target).Should().Match($"the database roomws at db:5432 * (SQLSTATE {state}): *").And.NotContain("\n").And.NotEndWith(".");
    }

    [Test]
    public void A_lost_connection_says_how([Range(0, 7)] int i)
    {
        var (fault, isWorthRetry, what) = Connections[i];

        (PostgresFault.Is(fault), PostgresFault.IsOfStorage(fault), PostgresFault.IsWorthRetry(fault)).Should().Be((true, true, isWorthRetry));
        PostgresFault.AtStart(fault, Target).Should().Match($"The database roomws at db:5432 {what}.").And.NotContain("Exception while");
        PostgresFault.WhileRunning(fault, Target).Should().Match($"the database roomws at db:5432 {what}");
    }

    [Test]
    public void Of_several_hosts_that_are_away_each_try_is_worth_another()
    {
        var connection = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1:1,127.0.0.1:2", Username = "nobody", Pooling = false, TargetSessionAttributes = "primary", HostRecheckSeconds = 60 }.ConnectionString;
        for (var i = 0; i < 2; i++)
        {
            // The second time it knows, and does not even try.
            using var session = new NpgsqlConnection(connection);
            var fault = session.Invoking(opened => opened.Open()).Should().Throw<NpgsqlException>().Which;
            PostgresFault.IsWorthRetry(fault).Should().BeTrue(fault.Message);
        }
    }

    [Test]
    public void A_pooler_that_refuses_the_settings_of_a_session_is_named() =>
        PostgresFault.AtStart(new PostgresException("unsupported startup parameter: options", "FATAL", "FATAL", "08P01"), Target)
            .Should().Be("The database roomws at db:5432 is behind a pooler that does not take the settings of a session (SQLSTATE 08P01). Give the address of PostgreSQL itself in Postgres.");

    [TestCase("42P05")]
    [TestCase("26000")]
    public void A_pooler_that_mixes_up_what_was_prepared_is_named(string state) =>
        PostgresFault.AtStart(Answered(state), Target).Should().Be($"The database roomws at db:5432 is behind a pooler that shares its sessions between clients (SQLSTATE {state}). Give the address of PostgreSQL itself in Postgres.");

    [Test]
    public void What_does_not_come_from_PostgreSQL_is_none_of_it()
    {
        PostgresFault.AtStart(new InvalidOperationException("bug"), Target).Should().BeNull();
        PostgresFault.Is(new SocketException()).Should().BeFalse();
        PostgresFault.IsOfStorage(new InvalidOperationException()).Should().BeFalse();
        PostgresFault.IsWorthRetry(new TimeoutException()).Should().BeFalse();
    }

    private static PostgresException Answered(string state) => new("something\nis wrong.", "ERROR", "ERROR", state);

    private static (bool IsOfStorage, bool IsWorthRetry) Judge(string state) => (PostgresFault.IsOfStorage(Answered(state)), PostgresFault.IsWorthRetry(Answered(state)));
}
