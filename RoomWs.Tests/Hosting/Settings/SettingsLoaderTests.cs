using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Settings;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting.Settings;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SettingsLoaderTests : IDisposable
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal) { ["ROOMWS_Dev"] = "true", ["PATH"] = "/bin" };
    private readonly Dictionary<Setting, IReadOnlyList<string>> _flags = [];
    private readonly TestFiles _files = new();
    private string? _config;

    public void Dispose() => _files.Dispose();

    [Test]
    public void Nothing_given_means_every_default_but_for_the_missing_key()
    {
        _variables.Clear();

        Load().Problems.Should().ContainSingle().Which.Should().StartWith("There is no key to check tokens with: set ROOMWS_JwtSecret").And.Contain("--dev");
    }

    [Test]
    public void A_flag_wins_over_a_variable_and_that_over_the_file()
    {
        Config("""{ "Port": 1, "Path": "/file", "DrainSeconds": 1, "Limits": { "Rooms": 1 } }""");
        _variables["ROOMWS_Port"] = "2";
        _variables["ROOMWS_Path"] = "/variable";
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
        if (text is not null) _variables["ROOMWS_OpsPort"] = text;

        Load().Options.OpsPort.Should().Be(port);
    }

    [Test]
    public void An_empty_flag_switches_such_a_port_off_again()
    {
        _variables["ROOMWS_OpsPort"] = "9090";
        Flag("OpsPort", "");

        var settings = Load();

        settings.Problems.Should().BeEmpty();
        settings.Options.OpsPort.Should().BeNull();
    }

    [Test]
    public void Names_are_case_insensitive_in_file_and_environment()
    {
        Config("""{ "limits": { "MEMBERSPERROOM": 7 }, "ownerleave": "forbid" }""");
        _variables["roomws_LOGLEVEL"] = "debug";
        _variables["ROOMWS_LIMITS__ROOMS"] = "8";

        var options = Load().Options;

        options.Limits.MembersPerRoom.Should().Be(7);
        options.Limits.Rooms.Should().Be(8);
        options.OwnerLeave.Should().Be(OwnerLeave.Forbid);
        options.LogLevel.Should().Be(LogLevel.Debug);
    }

    [Test]
    public void A_list_comes_from_elements_or_from_one_text_with_commas()
    {
        foreach (var index in Enumerable.Range(0, 11)) _variables[$"ROOMWS_AllowedOrigins__{index}"] = $"https://o{index}.example";
        Load().Options.AllowedOrigins.Should().Equal(Enumerable.Range(0, 11).Select(index => $"https://o{index}.example"));

        _variables.Clear();
        _variables["ROOMWS_AllowedOrigins"] = "https://a.example, https://b.example";
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
        _variables["ROOMWS_Port"] = "";
        Load().Options.JwtIssuer.Should().Be("issuer");

        Flag("JwtIssuer", "");
        var settings = Load();
        settings.Problems.Should().BeEmpty();
        settings.Options.JwtIssuer.Should().BeNull();
        settings.Options.Port.Should().Be(8080);
    }

    [TestCase("Limits__MembersPerRoom", "ten", "Limits:MembersPerRoom is \"ten\"; it must be a whole number from 0 to 2,147,483,647, 0 for no limit")]
    [TestCase("Limits__Rooms", "-1", "Limits:Rooms is \"-1\"; it must be a whole number from 0 to*")]
    [TestCase("Limits__NameLength", "0", "Limits:NameLength is \"0\"; it must be a whole number from 1 to*")]
    [TestCase("Limits__RequestBurst", "0", "Limits:RequestBurst is \"0\"; it must be a whole number from 1 to*")]
    [TestCase("Limits__MessageBytes", "1023", "Limits:MessageBytes is \"1023\"; it must be a whole number from 1,024 to 16,777,216")]
    [TestCase("Limits__MessageBytes", "16777217", "Limits:MessageBytes is \"16777217\"; it must be *")]
    [TestCase("Port", "65536", "Port is \"65536\"; it must be a whole number from 0 to 65,535")]
    [TestCase("Port", "99999999999", "Port is \"99999999999\"; *")]
    [TestCase("DeadSeconds", "0", "DeadSeconds is \"0\"; it must be a whole number from 1 to 86,400")]
    [TestCase("PingSeconds", "1.5", "PingSeconds is \"1.5\"; *")]
    [TestCase("LogLevel", "2", "LogLevel is \"2\"; it must be one of Trace, Debug, Information, Warning, Error, Critical, None")]
    [TestCase("OwnerLeave", "Transfer,Forbid", "OwnerLeave is \"Transfer,Forbid\"; it must be one of Transfer, Forbid")]
    [TestCase("Dev", "yes", "Dev is \"yes\"; it must be true or false")]
    public void An_impossible_value_is_named_with_what_is_allowed(string variable, string value, string problem)
    {
        _variables["ROOMWS_" + variable] = value;

        Load().Problems.Should().ContainSingle().Which.Should().Match(problem);
    }

    [TestCase("Limits__MembersPerRoom")]
    [TestCase("Limits__RoomsPerUser")]
    [TestCase("Limits__Rooms")]
    [TestCase("Limits__Connections")]
    [TestCase("Limits__ConnectionsPerUser")]
    [TestCase("Limits__RequestsPerSecond")]
    public void Limits_that_can_be_switched_off_take_zero(string variable)
    {
        _variables["ROOMWS_" + variable] = "0";

        Load().Problems.Should().BeEmpty();
    }

    [TestCase("ROOMWS_Prot", "Unknown setting ROOMWS_Prot in the environment; did you mean ROOMWS_Port?")]
    [TestCase("ROOMWS_JWT_SECRET", "Unknown setting ROOMWS_JWT_SECRET in the environment; did you mean ROOMWS_JwtSecret?")]
    [TestCase("ROOMWS_MembersPerRoom", "Unknown setting ROOMWS_MembersPerRoom in the environment; did you mean ROOMWS_Limits__MembersPerRoom?")]
    [TestCase("ROOMWS_Port__0", "Unknown setting ROOMWS_Port__0 in the environment; did you mean ROOMWS_Port?")]
    [TestCase("ROOMWS_Telemetry", "Unknown setting ROOMWS_Telemetry in the environment")]
    public void An_unknown_variable_is_named_without_its_value(string name, string problem)
    {
        _variables[name] = "hunter2";

        Load().Problems.Should().Equal(problem);
    }

    [TestCase("""{ "Limits": { "MemberPerRoom": 1 } }""", "Unknown setting Limits:MemberPerRoom in *; did you mean Limits:MembersPerRoom?")]
    [TestCase("""{ "membersPerRoom": 1 }""", "Unknown setting membersPerRoom in *; did you mean Limits:MembersPerRoom?")]
    [TestCase("""{ "Limits": 5 }""", "Unknown setting Limits in *")]
    [TestCase("""{ "Colour": null }""", "Unknown setting Colour in *.json")]
    public void A_wrong_file_says_what_is_wrong(string json, string problem)
    {
        Config(json);

        Load().Problems.Should().ContainSingle().Which.Should().Match(problem);
    }

    [Test]
    public void A_missing_file_is_named()
    {
        _config = Path.Combine(_files.Folder, "missing.json");

        Load().Problems.Should().ContainSingle().Which.Should().Match("The file of --config cannot be read: *missing.json*");
    }

    [TestCase("{ \"JwtSecret\": ")]
    [TestCase("")]
    public void A_file_that_cannot_be_read_is_not_said_to_lack_what_it_may_hold(string json)
    {
        _variables.Clear();
        _variables["ROOMWS_Cookie"] = "session";
        _variables["ROOMWS_Path"] = "ws";
        Config(json);

        // The path is wrong whatever the file says; the key and the origins may be in it.
        Load().Problems.Should().SatisfyRespectively(
            first => first.Should().StartWith("The file of --config, "),
            second => second.Should().StartWith("Path is \"ws\""));
    }

    [Test]
    public void A_key_that_is_given_twice_is_not_missing()
    {
        _variables.Clear();
        _variables["ROOMWS_JwtSecret"] = _variables["ROOMWS_JWTSECRET"] = TestKeys.Secret;

        Load().Problems.Should().ContainSingle().Which.Should().StartWith("JwtSecret is set by several variables");
    }

    [TestCase("Database", "Database holds a NUL; it must be the path of a file")]
    [TestCase("JwtPublicKeyFile", "JwtPublicKeyFile \"*\" cannot be read: *")]
    public void A_path_that_no_system_takes_is_a_problem_like_any_other(string setting, string problem)
    {
        Config($$"""{ "{{setting}}": "a\u0000b" }""");

        Load().Problems.Should().ContainSingle().Which.Should().Match(problem);
    }

    [Test]
    public void Spellings_of_one_variable_do_not_win_by_chance()
    {
        _variables["ROOMWS_PORT"] = "1";
        _variables["ROOMWS_Port"] = "2";

        Load().Problems.Should().Equal("Port is set by several variables, ROOMWS_PORT and ROOMWS_Port; keep one");
    }

    [Test]
    public void All_problems_are_told_at_once_and_none_is_told_twice()
    {
        _variables["ROOMWS_Dev"] = "yes";
        _variables["ROOMWS_Foo"] = "1";
        _variables["ROOMWS_Path"] = "ws";
        _variables["ROOMWS_Limits__MessageBytes"] = "ten";
        _variables["ROOMWS_Limits__OutboundQueueBytes"] = "1";

        // Neither the missing key nor the small queue: those would blame the defaults of Dev and MessageBytes.
        Load().Problems.Should().SatisfyRespectively(
            first => first.Should().StartWith("Unknown setting ROOMWS_Foo"),
            second => second.Should().StartWith("Dev is \"yes\""),
            third => third.Should().StartWith("Limits:MessageBytes is \"ten\""),
            fourth => fourth.Should().StartWith("Path is \"ws\""));
    }

    private void Config(string json) => _config = _files.Write("roomws.json", json);

    private void Flag(string name, string value) => _flags[SettingTable.Get(name)] = [value];

    private LoadedSettings Load() => SettingsLoader.Load(new SettingInputs(_config, _variables, _flags));
}
