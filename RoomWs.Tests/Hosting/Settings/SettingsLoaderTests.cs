using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Settings;

namespace RoomWs.Tests.Hosting.Settings;

/// <summary>Which source of a setting wins, and in which forms each takes its values.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SettingsLoaderTests : SettingsTest
{
    [Test]
    public void A_flag_wins_over_a_variable_and_that_over_the_file()
    {
        Config("""{ "Port": 1, "Path": "/file", "DrainSeconds": 1, "Limits": { "Rooms": 1 } }""");
        Variables["ROOMWS_Port"] = "2";
        Variables["ROOMWS_Path"] = "/variable";
        Flag("Port", "3");

        var settings = Load();

        settings.Problems.Should().BeEmpty();
        settings.Options.Should().BeEquivalentTo(new { Port = 3, Path = "/variable", DrainSeconds = 1 });
        settings.Options.Limits.Rooms.Should().Be(1);
        settings.Sources.Should().Contain("Port", SettingSource.Flag)
            .And.Contain("Path", SettingSource.Environment)
            .And.Contain("DrainSeconds", SettingSource.File)
            .And.NotContainKey("Host");
    }

    [TestCase(null, null)]
    [TestCase("0", 0)]
    [TestCase("9090", 9090)]
    public void A_port_that_is_off_where_it_is_absent_can_be_any_free_one(string? text, int? port)
    {
        if (text is not null) Variables["ROOMWS_OpsPort"] = text;

        Load().Options.OpsPort.Should().Be(port);
    }

    [Test]
    public void An_empty_flag_switches_such_a_port_off_again()
    {
        Variables["ROOMWS_OpsPort"] = "9090";
        Flag("OpsPort", "");

        var settings = Load();

        settings.Problems.Should().BeEmpty();
        settings.Options.OpsPort.Should().BeNull();
    }

    [Test]
    public void Names_are_case_insensitive_in_file_and_environment()
    {
        Config("""{ "limits": { "MEMBERSPERROOM": 7 }, "ownerleave": "forbid" }""");
        Variables["roomws_LOGLEVEL"] = "debug";
        Variables["ROOMWS_LIMITS__ROOMS"] = "8";

        var options = Load().Options;

        options.Limits.MembersPerRoom.Should().Be(7);
        options.Limits.Rooms.Should().Be(8);
        options.OwnerLeave.Should().Be(OwnerLeave.Forbid);
        options.LogLevel.Should().Be(LogLevel.Debug);
    }

    [Test]
    public void A_list_comes_from_elements_or_from_one_text_with_commas()
    {
        foreach (var index in Enumerable.Range(0, 11)) Variables[$"ROOMWS_AllowedOrigins__{index}"] = $"https://o{index}.example";
        Load().Options.AllowedOrigins.Should().Equal(Enumerable.Range(0, 11).Select(index => $"https://o{index}.example"));

        Variables.Clear();
        Variables["ROOMWS_AllowedOrigins"] = "https://a.example, https://b.example";
        Load().Options.AllowedOrigins.Should().Equal("https://a.example", "https://b.example");
    }

    [Test]
    public void A_list_from_a_higher_source_replaces_the_whole_of_a_lower_one()
    {
        Config("""{ "AllowedOrigins": ["https://a.example", "https://b.example"] }""");
        Load().Options.AllowedOrigins.Should().HaveCount(2);

        Flag("AllowedOrigins", "https://c.example");
        Load().Options.AllowedOrigins.Should().Equal("https://c.example");

        Flag("AllowedOrigins", "");
        Load().Options.AllowedOrigins.Should().BeEmpty();
    }

    [Test]
    public void An_empty_variable_counts_as_absent_and_an_empty_flag_takes_a_value_back()
    {
        Config("""{ "JwtIssuer": "issuer", "Host": null, "Limits": {} }""");
        Variables["ROOMWS_Port"] = "";
        Load().Options.JwtIssuer.Should().Be("issuer");

        Flag("JwtIssuer", "");
        var settings = Load();
        settings.Problems.Should().BeEmpty();
        settings.Options.JwtIssuer.Should().BeNull();
        settings.Options.Port.Should().Be(8080);
    }

    [TestCase("Limits__MembersPerRoom")]
    [TestCase("Limits__RoomsPerUser")]
    [TestCase("Limits__Rooms")]
    [TestCase("Limits__Connections")]
    [TestCase("Limits__ConnectionsPerUser")]
    [TestCase("Limits__RequestsPerSecond")]
    public void Limits_that_can_be_switched_off_take_zero(string variable)
    {
        Variables["ROOMWS_" + variable] = "0";

        Load().Problems.Should().BeEmpty();
    }
}
