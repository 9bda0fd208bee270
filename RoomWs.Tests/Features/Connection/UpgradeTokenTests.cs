using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Connection;

/// <summary>A token that the contract allows gets through the upgrade, whatever stands beside it.</summary>
internal sealed class UpgradeTokenTests : TokenTest
{
    [TestCaseSource(nameof(UpgradeWays))]
    public async Task A_token_of_the_greatest_length_fits_the_upgrade_by_every_way(string way)
    {
        var client = await OpenAsync(LongestToken(), way);

        (await client.SucceedAsync("HELLO_ACK", Hello())).Text("userId").Should().Be("alice");
    }

    [TestCaseSource(nameof(UpgradeWays))]
    public async Task A_token_over_the_greatest_length_is_told_so(string way)
    {
        var client = await OpenAsync(LongestToken() + "A", way);

        (await client.ExpectAsync("ERROR")).Message().Should().Contain("too long");
        await client.ExpectCloseAsync(4003);
    }

    [Test]
    public async Task A_token_of_the_greatest_length_fits_a_hello()
    {
        var client = await OpenAsync();

        await client.SucceedAsync("HELLO_ACK", Hello(LongestToken()));
    }

    [TestCase("Cookie: theme=dark", "Cookie: session=TOKEN")]
    [TestCase("Cookie: session=TOKEN", "Cookie: theme=dark")]
    [TestCase("cookie: a=1; b=2", "COOKIE: session=TOKEN; c=3", "Cookie: d=4")]
    [TestCase("Cookie: session=\"TOKEN\"")]
    [TestCase("Cookie: ;;=; \t session = TOKEN ;x")]
    [TestCase("Cookie: cart={\"a\": [1, 2]}; bad\u00ff; session=TOKEN")]
    [TestCase("Cookie: a=\"x; session=TOKEN")]
    public async Task Other_cookies_and_other_lines_do_not_hide_the_token(params string[] lines)
    {
        using var raw = await RawClient.ConnectAsync(Server);
        string[] more = [$"Origin: {Origin}", .. lines.Select(line => line.Replace("TOKEN", Jwt.Hs256(new { sub = "alice" }), StringComparison.Ordinal))];

        await raw.SendAsync(RawClient.Upgrade("/ws", more: more));
        (await raw.ReadResponseAsync()).Status.Should().Be(101);
        await raw.SendAsync(RawClient.TextFrame("""{"type":"HELLO","version":1}"""));

        (await raw.ReadFrameAsync()).Text.Should().Contain("\"userId\":\"alice\"");
    }

    [TestCase("Cookie: theme=dark,session=TOKEN")]
    [TestCase("Cookie: theme=session=TOKEN")]
    [TestCase("Cookie: Session=TOKEN")]
    public async Task What_stands_in_another_cookie_is_no_token(string line)
    {
        using var raw = await RawClient.ConnectAsync(Server);

        await raw.SendAsync(RawClient.Upgrade("/ws", more: [$"Origin: {Origin}", line.Replace("TOKEN", Jwt.Hs256(new { sub = "alice" }), StringComparison.Ordinal)]));
        (await raw.ReadResponseAsync()).Status.Should().Be(101);
        await raw.SendAsync(RawClient.TextFrame("""{"type":"HELLO","version":1}"""));

        (await raw.ReadFrameAsync()).Text.Should().Contain("VALIDATION_ERROR");
    }

    /// <summary>A valid token of exactly the greatest length.</summary>
    private static string LongestToken()
    {
        var token = Jwt.Hs256(new { sub = "alice", pad = new string('x', 12_203) });
        token.Should().HaveLength(16_384);
        return token;
    }
}
