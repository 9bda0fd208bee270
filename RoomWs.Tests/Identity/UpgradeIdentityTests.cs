using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Identity;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Identity;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class UpgradeIdentityTests
{
    private static readonly UpgradeCredentials None = new(Authorization: null, QueryString: "", Subprotocols: [], CookieHeader: null);

    private readonly RoomWsOptions _options = new() { JwtSecret = TestKeys.Secret, Cookie = "session" };

    [Test]
    public void Nothing_offered_is_no_identity_and_no_refusal()
    {
        Find(None).Should().BeNull();
        Find(new("Bearer ", "?token=", ["roomws.v1", "bearer."], "session=; other=" + Token("bob"))).Should().BeNull();
        Find(None with { Authorization = "Basic YTpi", CookieHeader = "\0=;;;=,\"" }).Should().BeNull();
    }

    [Test]
    public void The_first_found_wins_header_query_subprotocol_cookie()
    {
        var all = new UpgradeCredentials($"bearer  {Token("header")} ", $"?x=1&token={Token("query")}", ["roomws.v1", "bearer." + Token("subprotocol")], $"a=b; session={Token("cookie")}");

        UserId(all).Should().Be("header");
        UserId(all with { Authorization = null }).Should().Be("query");
        UserId(all with { Authorization = null, QueryString = "" }).Should().Be("subprotocol");
        UserId(all with { Authorization = null, QueryString = "", Subprotocols = ["roomws.v1"] }).Should().Be("cookie");
    }

    [Test]
    public void A_bad_token_is_refused_even_when_a_later_one_is_good()
    {
        var found = Find(None with { Authorization = "Bearer garbage", QueryString = $"?token={Token("query")}" });

        found!.IsAccepted.Should().BeFalse();
    }

    [Test]
    public void The_cookie_counts_only_when_it_is_configured_and_by_its_exact_name()
    {
        Find(None with { CookieHeader = $"Session={Token("alice")}" }).Should().BeNull();
        _options.Cookie = null;
        Find(None with { CookieHeader = $"session={Token("alice")}" }).Should().BeNull();
    }

    [Test]
    public void Development_mode_takes_a_user_at_its_word()
    {
        _options.Dev = true;

        Find(None with { QueryString = "?user=alice&name=Alice%20A" })!.Identity.Should().Be(new UserIdentity("alice", "Alice A", ThumbnailUrl: null, IsAdmin: false, ExpiresAt: null));
        UserId(None with { QueryString = $"?user=alice&token={Token("bob")}" }).Should().Be("bob");
        Find(None with { QueryString = "?user=" })!.Refusal.Should().StartWith("The user id must have 1-128 characters");
        Find(None with { QueryString = "?user" })!.IsAccepted.Should().BeFalse();
        Find(None with { QueryString = "?user=a%00b" })!.IsAccepted.Should().BeFalse();
    }

    [Test]
    public void Without_development_mode_a_user_in_the_query_is_nobody() =>
        Find(None with { QueryString = "?user=alice" }).Should().BeNull();

    private static string Token(string userId) => TestToken.Hs256($$"""{"sub":"{{userId}}"}""");

    private TokenResult? Find(UpgradeCredentials credentials) =>
        new UpgradeIdentity(_options, new TokenReader(_options, new ManualTimeProvider())).FindAsync(credentials).AsTask().GetAwaiter().GetResult();

    private string? UserId(UpgradeCredentials credentials) => Find(credentials)?.Identity?.UserId;
}
