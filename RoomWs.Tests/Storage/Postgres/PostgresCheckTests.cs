using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Postgres;

namespace RoomWs.Tests.Storage.Postgres;

internal sealed class PostgresCheckTests
{
    private const string Target = "database roomws at db:5432";

    private static readonly PostgresCheck.Findings Sound = new() { Version = "15.18", VersionNumber = 150_018, IsSynced = true, WritesFullPages = true, Encoding = "UTF8", HasSchema = true, MayCreate = true };

    private static IEnumerable<TestCaseData> Unsound()
    {
        yield return new TestCaseData(Sound with { IsSynced = false }, "*fsync=off*set fsync=on in its postgresql.conf.");
        yield return new TestCaseData(Sound with { WritesFullPages = false }, "*full_page_writes=off*set full_page_writes=on in its postgresql.conf.");
        yield return new TestCaseData(Sound with { Version = "13.14", VersionNumber = 130_014 }, "*is PostgreSQL 13.14; bring it to 14 or newer.");
        yield return new TestCaseData(Sound with { Encoding = "LATIN1" }, "*the encoding LATIN1*ENCODING 'UTF8'*");
        yield return new TestCaseData(Sound with { IsStandby = true }, "*is a standby*name the primary in Postgres.");
        yield return new TestCaseData(Sound with { HasSchema = false, MayCreate = false }, "*search_path*");
        yield return new TestCaseData(Sound with { MayCreate = false }, "*does not let this user create tables*GRANT CREATE*");
    }

    [TestCaseSource(nameof(Unsound))]
    public void A_server_on_which_a_promise_would_not_hold_is_refused(PostgresCheck.Findings findings, string message) =>
        PostgresCheck.Fault(findings, Target).Should().Match(message).And.StartWith("The database roomws at db:5432 ");

    [TestCase(140_000)]
    [TestCase(180_001)]
    public void A_sound_server_of_any_later_version_will_do(int version) => PostgresCheck.Fault(Sound with { VersionNumber = version }, Target).Should().BeNull();

    [Test]
    [Category("Postgres")]
    public void A_sound_server_is_said_to_be_one()
    {
        using var database = new EmptyDatabase();

        PostgresStart.Look(database.ConnectionString).Should().Match("The database roomws_* at * can be used: PostgreSQL *, without tables, which a start makes");
    }

    [Test]
    [Category("Postgres")]
    public void A_database_that_does_not_hold_all_texts_is_refused()
    {
        using var database = new EmptyDatabase("ENCODING 'LATIN1' LOCALE 'C'");

        database.Invoking(one => PostgresStart.Look(one.ConnectionString)).Should().Throw<StartupException>().WithMessage("The database * has the encoding LATIN1, *");
    }

    [Test]
    [Category("Postgres")]
    public void A_user_who_may_not_make_tables_is_refused()
    {
        using var database = new EmptyDatabase();
        // As PostgreSQL 15 and later have it; so that older ones have it, too.
        database.Run("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        var stranger = database.ConnectionStringOfStranger();

        database.Invoking(_ => PostgresStart.Look(stranger)).Should().Throw<StartupException>().WithMessage("The database * does not let this user create tables; *").Which.Message.Should().NotContain("geheim");

        database.Run("GRANT CREATE ON SCHEMA public TO PUBLIC");
        PostgresStart.Look(stranger).Should().Contain("can be used");
    }
}
