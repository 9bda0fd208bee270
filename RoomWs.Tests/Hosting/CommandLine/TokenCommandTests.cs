using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.CommandLine;
using RoomWs.Server.Identity;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting.CommandLine;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class TokenCommandTests
{
    private readonly CommandLineRun _program = new();

    [Test]
    public async Task The_token_alone_is_printed_and_the_server_takes_it()
    {
        _program.Variables["ROOMWS_JwtSecret"] = TestKeys.Secret;
        _program.Variables["ROOMWS_JwtIssuer"] = "us";
        var (exitCode, output, error) = await _program.RunAsync(
            "token", "--user", "u1", "--name", "Zoë \"Z\"", "--picture", "https://a.example/p.png", "--admin", "--expires", "15m", "--jwt-audience", "rooms");

        exitCode.Should().Be(0);
        error.Should().BeEmpty();
        var options = new RoomWsOptions { JwtSecret = TestKeys.Secret, JwtIssuer = "us", JwtAudience = "rooms" };
        new TokenReader(options, _program.Time).Read(output.TrimEnd()).Identity
            .Should().Be(new UserIdentity("u1", "Zoë \"Z\"", "https://a.example/p.png", IsAdmin: true, _program.Time.UtcNow.AddMinutes(15)));
    }

    [Test]
    public async Task A_token_holds_for_an_hour_unless_it_is_told_otherwise()
    {
        var (_, output, _) = await _program.RunAsync("token", "--user", "alice", "--jwt-secret", TestKeys.Secret);

        new TokenReader(new RoomWsOptions { JwtSecret = TestKeys.Secret }, _program.Time).Read(output.TrimEnd()).Identity
            .Should().Be(new UserIdentity("alice", "alice", ThumbnailUrl: null, IsAdmin: false, _program.Time.UtcNow.AddHours(1)));
    }

    [Test]
    public async Task Without_a_secret_it_says_how_to_get_one()
    {
        var (exitCode, output, error) = await _program.RunAsync("token", "--user", "alice");
        (exitCode, output).Should().Be((2, ""));
        error.Should().StartWith("There is no JwtSecret to sign with: set ROOMWS_JwtSecret");

        _program.Variables["ROOMWS_JwtPublicKeyFile"] = "key.pem";
        (exitCode, output, error) = await _program.RunAsync("token", "--user", "alice");
        (exitCode, output).Should().Be((2, ""));
        error.Should().StartWith("Only JwtPublicKeyFile is set, and a public key cannot sign");
    }

    [TestCase("--user", "a\nb", "--user must have 1-128 characters")]
    [TestCase("--user", "alice\u200b", "--user must have 1-128 characters")]
    [TestCase("--user", " alice", "--user must have 1-128 characters")]
    [TestCase("--name", "  ", "--name must have 1-200 characters")]
    [TestCase("--name", "\u202eecilA", "--name must have 1-200 characters")]
    [TestCase("--name", "\u2060", "--name must have 1-200 characters")]
    [TestCase("--picture", "p.png", "--picture must be an absolute http or https URL")]
    [TestCase("--expires", "soon", "--expires is \"soon\"; it must be a whole number")]
    [TestCase("--jwt-secret", "short", "JwtSecret has 5 bytes")]
    public async Task What_the_server_would_not_take_is_refused_when_it_is_made(string flag, string value, string problem)
    {
        string[] good = ["--user", "alice", "--jwt-secret", TestKeys.Secret];
        var at = Array.IndexOf(good, flag);
        if (at >= 0) good[at + 1] = value;

        var (exitCode, output, error) = await _program.RunAsync(["token", .. good, .. at >= 0 ? [] : new[] { flag, value }]);

        (exitCode, output).Should().Be((2, ""));
        error.Should().StartWith(problem);
    }

    [TestCase("30s", 30)]
    [TestCase("15m", 900)]
    [TestCase("1h", 3_600)]
    [TestCase("7d", 604_800)]
    [TestCase("0s", null)]
    [TestCase("-1h", null)]
    [TestCase("1", null)]
    [TestCase("h", null)]
    [TestCase("", null)]
    [TestCase("1H", null)]
    [TestCase("1.5h", null)]
    [TestCase("9999999d", null)]
    public void A_duration_is_a_number_and_a_unit(string text, int? seconds) =>
        Duration.Parse(text).Should().Be(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value));
}
