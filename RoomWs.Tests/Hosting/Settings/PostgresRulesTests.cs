using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Storage.Postgres;

namespace RoomWs.Tests.Hosting.Settings;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgresRulesTests : SettingsTest
{
    private const string Sound = "Host=db;Database=roomws;Username=roomws;Password=geheim";

    [TestCase(Sound)]
    [TestCase("Host=db1,db2:5433;Database=roomws")]
    [TestCase("Server=/var/run/postgresql;Database=roomws;SSL Mode=Require")]
    public void A_connection_string_needs_a_host_and_a_database(string text) => ProblemsOf(text).Should().BeEmpty();

    [TestCase("Database=roomws;Password=geheim", "Postgres has no Host; add Host=*")]
    [TestCase("Host=db;Password=geheim", "Postgres has no Database; add Database=*")]
    [TestCase("postgres://roomws:geheim@db/roomws", "Postgres is a URL; it must be written Host=*")]
    [TestCase("geheim", "Postgres is no Npgsql connection string; it must be written Host=*")]
    [TestCase("Host=db;Database=roomws;Password=a;geheim=b", "Postgres is no Npgsql connection string; *double quotes*")]
    [TestCase("Host=db;Database=roomws;Port=geheim", "Postgres is no Npgsql connection string; *")]
    public void Another_text_is_refused_and_not_shown(string text, string problem) =>
        ProblemsOf(text).Should().ContainSingle().Which.Should().Match(problem).And.NotContain("geheim");

    [Test]
    public void A_database_of_ones_own_beside_it_is_refused_and_the_default_is_not()
    {
        Config("""{ "Database": "rooms.db" }""");
        ProblemsOf(Sound).Should().Equal("Postgres is set beside Database \"rooms.db\"; set one of the two, for a server has one database");

        Flag("Database", "");
        ProblemsOf(Sound).Should().BeEmpty();

        Flag("Postgres", "");
        Flag("Database", "rooms.db");
        Load().Problems.Should().BeEmpty();
    }

    [Test]
    public void A_command_about_a_file_goes_on_beside_it()
    {
        Flag("Database", "rooms.db");
        Variables["ROOMWS_Postgres"] = Sound;

        Load().ProblemsOf("Database").Should().BeEmpty();
    }

    [TestCase("a", true)]
    [TestCase("roomws-7.example.com", true)]
    [TestCase("with space", false)]
    [TestCase("é", false)]
    [TestCase("a\nb", false)]
    public void A_node_has_a_name_that_can_be_seen(string name, bool isValid)
    {
        Flag("NodeName", name);

        Load().Problems.Should().HaveCount(isValid ? 0 : 1);
    }

    [Test]
    public void A_name_has_63_characters_at_most()
    {
        NodeName.IsValid(new string('x', 63)).Should().BeTrue();
        NodeName.IsValid(new string('x', 64)).Should().BeFalse();
        NodeName.IsValid("").Should().BeFalse();
    }

    [Test]
    public void A_name_that_is_made_up_is_a_valid_one_and_no_others()
    {
        NodeName.IsValid(NodeName.MakeUp()).Should().BeTrue();
        NodeName.MakeUp().Should().NotBe(NodeName.MakeUp());
    }

    [TestCase("Host=db;Database=roomws;Password=geheim", "database roomws at db:5432")]
    [TestCase("Host=db;Port=6000;Database=roomws", "database roomws at db:6000")]
    [TestCase("Host=a,b:5433,[::1]:5434,::1;Database=r", "database r at a:5432,b:5433,[::1]:5434,::1:5432")]
    public void Messages_name_where_the_database_is_and_nothing_else(string text, string target) => PostgresAddress.Target(text).Should().Be(target);

    private IReadOnlyList<string> ProblemsOf(string postgres)
    {
        Variables["ROOMWS_Postgres"] = postgres;
        return Load().Problems;
    }
}
