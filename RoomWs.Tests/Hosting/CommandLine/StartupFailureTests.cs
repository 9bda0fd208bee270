using System.Net.Sockets;
using FluentAssertions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Npgsql;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.CommandLine;

namespace RoomWs.Tests.Hosting.CommandLine;

internal sealed class StartupFailureTests
{
    private static IEnumerable<TestCaseData> Failures()
    {
        yield return new TestCaseData(new StartupException("The schema is newer"), "The schema is newer");
        yield return new TestCaseData(new IOException("Failed to bind", new AddressInUseException("in use")), "Port 8080 of 127.0.0.1 is in use by another program; choose another with --port");
        yield return new TestCaseData(new SocketException((int)SocketError.AddressAlreadyInUse), "Port 8080 of 127.0.0.1 is in use*--port");
        yield return new TestCaseData(new SocketException((int)SocketError.AccessDenied), "Cannot listen on port 8080 of 127.0.0.1: *");
        yield return new TestCaseData(new SqliteException("unable to open database file", 14), "The database data/roomws.db cannot be opened. Let this user read and write it and its directory, or give another file with --database.");
    }

    [TestCaseSource(nameof(Failures))]
    public void A_reason_outside_the_program_is_told_in_one_line(Exception exception, string reason) =>
        StartupFailure.Describe(exception, new RoomWsOptions()).Should().Match(reason);

    [Test]
    public void On_PostgreSQL_it_names_that_database_and_no_password() =>
        StartupFailure.Describe(new PostgresException("sorry, too many clients already", "FATAL", "FATAL", "53300"), new RoomWsOptions { Postgres = "Host=db;Database=roomws;Password=geheim" })
            .Should().Be("The database roomws at db:5432 takes no more connections (SQLSTATE 53300). Raise max_connections of PostgreSQL, or run fewer programs on it.");

    [Test]
    public void A_fault_of_the_program_keeps_its_stack() =>
        StartupFailure.Describe(new InvalidOperationException("bug"), new RoomWsOptions()).Should().BeNull();
}
