using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Connection;

/// <summary>A claim or header that cannot be read as what it must be refuses the token. It never counts as absent: an end that is not understood would be no end.</summary>
internal sealed class TokenKindTests : TokenTest
{
    // NOW is the server's clock in seconds, MS the same in milliseconds.
    private static readonly (string Claims, string Says)[] Refused =
    [
        ("""{"sub":"alice","exp":MS}""", "exp must be a number of seconds"),
        ("""{"sub":"alice","exp":-MS}""", "exp must be a number of seconds"),
        ("""{"sub":"alice","exp":253402300800}""", "milliseconds"),
        ("""{"sub":"alice","exp":1e400}""", "exp must be a number of seconds"),
        ("""{"sub":"alice","exp":null}""", "exp must be a number of seconds"),
        ("""{"sub":"alice","exp":"NOW"}""", "exp must be a number of seconds"),
        ("""{"sub":"alice","exp":true}""", "exp must be a number of seconds"),
        ("""{"sub":"alice","nbf":MS}""", "nbf must be a number of seconds"),
        ("""{"sub":"alice","nbf":1e300}""", "nbf must be a number of seconds"),
        ("""{"sub":"alice","nbf":-1e300}""", "nbf must be a number of seconds"),
        ("""{"sub":"alice","nbf":"2030-01-01T00:00:00Z"}""", "nbf must be a number of seconds"),
        ("""{"sub":"alice","nbf":null}""", "nbf must be a number of seconds"),
        ("""{"sub":"alice","iat":MS}""", "iat must be a number of seconds"),
        ("""{"sub":"alice","iat":"yesterday"}""", "iat must be a number of seconds"),
        ("""{"sub":"alice","admin":"true"}""", "admin must be true or false"),
        ("""{"sub":"alice","admin":1}""", "admin must be true or false"),
        ("""{"sub":"alice","admin":null}""", "admin must be true or false"),
        ("""{"sub":"alice","service":"yes"}""", "service must be true or false"),
        ("""{"sub":"alice","name":7}""", "name must be a string"),
        ("""{"sub":"alice","name":["Alice"]}""", "name must be a string"),
        ("""{"sub":"alice","picture":{"url":"https://a.example/p.png"}}""", "picture must be a string"),
        ("""{"sub":"alice","picture":false}""", "picture must be a string"),
        ("""{"sub":null}""", "sub"),
        ("""{"sub":["alice"]}""", "sub"),
        ("""{"sub":"alice","sub":"bob"}""", "twice"),
        ("""{"sub":"alice","s\u0075b":"bob"}""", "twice"),
        ("""{"sub":"alice","exp":NOW,"exp":4102444800}""", "twice"),
        ("""{"sub":"alice","admin":false,"admin":true}""", "twice"),
        ("""{"sub":"alice","other":1,"other":1}""", "twice"),
    ];

    private static readonly (string Header, string Says)[] RefusedHeaders =
    [
        ("""{"alg":"HS256","crit":["exp"],"exp":1}""", "crit"),
        ("""{"alg":"HS256","crit":[]}""", "crit"),
        ("""{"alg":"HS256","crit":null}""", "crit"),
        ("""{"alg":"HS256","b64":false,"crit":["b64"]}""", "crit"),
        ("""{"alg":"HS256","b64":false}""", "b64"),
        ("""{"alg":"HS256","b64":true}""", "b64"),
        ("""{"alg":"none","alg":"HS256"}""", "twice"),
        ("""{"alg":"HS256","al\u0067":"none"}""", "twice"),
        ("""{"alg":"HS256","kid":"a","kid":"b"}""", "twice"),
    ];

    private static readonly (string Claims, string Username)[] Accepted =
    [
        ("""{"sub":"alice","exp":253402300799}""", "alice"),
        ("""{"sub":"alice","nbf":-62135596800,"iat":0}""", "alice"),
        ("""{"sub":"alice","exp":4102444800.5,"iat":NOW.25,"nbf":1.5e9}""", "alice"),
        ("""{"sub":"alice","iat":4102444800}""", "alice"),
        ("""{"sub":"alice","name":null,"picture":null,"admin":false,"service":false}""", "alice"),
        ("""{"sub":"alice","name":"Alice","picture":"no url","roles":{"a":1},"iss":null}""", "Alice"),
        ("""{"sub":"alice","name":"\u200b","a":{"b":1},"c":{"b":1}}""", "alice"),
        ("""{"sub":"alice","NAME":7,"EXP":"never"}""", "alice"),
    ];

    private static IEnumerable<TestCaseData> RefusedCases => Refused.Select((c, i) => new TestCaseData(c.Claims, c.Says).SetArgDisplayNames($"{i}: {c.Says}"));

    private static IEnumerable<TestCaseData> RefusedHeaderCases => RefusedHeaders.Select((c, i) => new TestCaseData(c.Header, c.Says).SetArgDisplayNames($"{i}: {c.Says}"));

    private static IEnumerable<TestCaseData> AcceptedCases => Accepted.Select((c, i) => new TestCaseData(c.Claims, c.Username).SetArgDisplayNames($"{i}"));

    [TestCaseSource(nameof(RefusedCases))]
    public Task A_claim_that_cannot_be_read_as_what_it_must_be_refuses_the_token(string claims, string says) =>
        BeRefusedAsync(TestToken.Hs256(Times(claims), Jwt.Secret), says);

    [TestCaseSource(nameof(RefusedHeaderCases))]
    public Task A_header_that_asks_for_what_is_not_understood_or_says_it_twice_refuses_the_token(string header, string says) =>
        BeRefusedAsync(TestToken.Hs256("""{"sub":"alice"}""", Jwt.Secret, header), says);

    [TestCaseSource(nameof(AcceptedCases))]
    public async Task A_claim_that_can_be_read_is_no_reason_to_refuse(string claims, string username)
    {
        var token = TestToken.Hs256(Times(claims), Jwt.Secret);

        (await (await OpenAsync()).SucceedAsync("HELLO_ACK", Hello(token))).Text("username").Should().Be(username);
        (await (await OpenAsync(token)).SucceedAsync("HELLO_ACK", Hello())).Text("username").Should().Be(username);
    }

    [Test]
    public async Task An_end_on_the_last_day_of_the_calendar_is_an_end()
    {
        var client = await OpenAsync();

        var ack = await client.SucceedAsync("HELLO_ACK", Hello(TestToken.Hs256("""{"sub":"alice","exp":253402300799}""", Jwt.Secret)));

        // The skew has to fit behind it.
        ack.Number("expiresAt").Should().Be((253_402_300_799 - 60) * 1_000);
    }

    [Test]
    public async Task A_renewal_whose_end_cannot_be_read_does_not_make_the_session_endless()
    {
        var client = await OpenAsync(Jwt.Hs256(new { sub = "alice", exp = Now + 10 }));

        await client.BeRefusedAsync("UNAUTHORIZED", Hello(Jwt.Hs256(new { sub = "alice", exp = (Now + 10) * 1_000 })));

        await client.ExpectCloseAsync(4003);
    }

    [TestCase("""{"sub":"alice","iss":7,"aud":"8"}""")]
    [TestCase("""{"sub":"alice","iss":"7","aud":8}""")]
    [TestCase("""{"sub":"alice","iss":"7","aud":[8]}""")]
    [TestCase("""{"sub":"alice","iss":["7"],"aud":"8"}""")]
    public async Task Issuer_and_audience_of_another_kind_are_not_those_that_are_asked_for(string claims)
    {
        await Server.RestartAsync(options => (options.JwtIssuer, options.JwtAudience) = ("7", "8"));

        await BeRefusedAsync(TestToken.Hs256(claims, Jwt.Secret), "The token");
        await (await OpenAsync()).SucceedAsync("HELLO_ACK", Hello(TestToken.Hs256("""{"sub":"alice","iss":"7","aud":["8"]}""", Jwt.Secret)));
    }

    private async Task BeRefusedAsync(string token, string says)
    {
        var client = await OpenAsync();
        (await client.BeRefusedAsync("UNAUTHORIZED", Hello(token))).Message().Should().Contain(says);
        await client.ExpectCloseAsync(4003);

        client = await OpenAsync(token);
        (await client.ExpectAsync("ERROR")).Message().Should().Contain(says);
        await client.ExpectCloseAsync(4003);
    }

    private string Times(string claims) => claims
        .Replace("NOW", $"{Now}", StringComparison.Ordinal)
        .Replace("MS", $"{Now * 1_000}", StringComparison.Ordinal);
}
