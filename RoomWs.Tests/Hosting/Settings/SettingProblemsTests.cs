using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting.Settings;

/// <summary>What is wrong with settings, each told by its name, once, and all at the same time.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SettingProblemsTests : SettingsTest
{
    [Test]
    public void Nothing_given_means_every_default_but_for_the_missing_key()
    {
        Variables.Clear();

        Load().Problems.Should().ContainSingle().Which.Should().StartWith("There is no key to check tokens with: set ROOMWS_JwtSecret").And.Contain("--dev");
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
        Variables["ROOMWS_" + variable] = value;

        Load().Problems.Should().ContainSingle().Which.Should().Match(problem);
    }

    [TestCase("ROOMWS_Prot", "Unknown setting ROOMWS_Prot in the environment; did you mean ROOMWS_Port?")]
    [TestCase("ROOMWS_JWT_SECRET", "Unknown setting ROOMWS_JWT_SECRET in the environment; did you mean ROOMWS_JwtSecret?")]
    [TestCase("ROOMWS_MembersPerRoom", "Unknown setting ROOMWS_MembersPerRoom in the environment; did you mean ROOMWS_Limits__MembersPerRoom?")]
    [TestCase("ROOMWS_Port__0", "Unknown setting ROOMWS_Port__0 in the environment; did you mean ROOMWS_Port?")]
    [TestCase("ROOMWS_Telemetry", "Unknown setting ROOMWS_Telemetry in the environment")]
    public void An_unknown_variable_is_named_without_its_value(string name, string problem)
    {
        Variables[name] = "hunter2";

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
        ConfigPath = Path.Combine(Folder, "missing.json");

        Load().Problems.Should().ContainSingle().Which.Should().Match("The file of --config cannot be read: *missing.json*");
    }

    [TestCase("{ \"JwtSecret\": ")]
    [TestCase("")]
    public void A_file_that_cannot_be_read_is_not_said_to_lack_what_it_may_hold(string json)
    {
        Variables.Clear();
        Variables["ROOMWS_Cookie"] = "session";
        Variables["ROOMWS_Path"] = "ws";
        Config(json);

        // The path is wrong whatever the file says; the key and the origins may be in it.
        Load().Problems.Should().SatisfyRespectively(
            first => first.Should().StartWith("The file of --config, "),
            second => second.Should().StartWith("Path is \"ws\""));
    }

    [Test]
    public void A_key_that_is_given_twice_is_not_missing()
    {
        Variables.Clear();
        Variables["ROOMWS_JwtSecret"] = Variables["ROOMWS_JWTSECRET"] = TestKeys.Secret;

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
        Variables["ROOMWS_PORT"] = "1";
        Variables["ROOMWS_Port"] = "2";

        Load().Problems.Should().Equal("Port is set by several variables, ROOMWS_PORT and ROOMWS_Port; keep one");
    }

    [Test]
    public void All_problems_are_told_at_once_and_none_is_told_twice()
    {
        Variables["ROOMWS_Dev"] = "yes";
        Variables["ROOMWS_Foo"] = "1";
        Variables["ROOMWS_Path"] = "ws";
        Variables["ROOMWS_Limits__MessageBytes"] = "ten";
        Variables["ROOMWS_Limits__OutboundQueueBytes"] = "1";

        // Neither the missing key nor the small queue: those would blame the defaults of Dev and MessageBytes.
        Load().Problems.Should().SatisfyRespectively(
            first => first.Should().StartWith("Unknown setting ROOMWS_Foo"),
            second => second.Should().StartWith("Dev is \"yes\""),
            third => third.Should().StartWith("Limits:MessageBytes is \"ten\""),
            fourth => fourth.Should().StartWith("Path is \"ws\""));
    }
}
