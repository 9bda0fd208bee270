using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Identity;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Identity;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class TokenReaderTests : IDisposable
{
    private const string Alice = """{"sub":"alice"}""";

    private readonly ManualTimeProvider _time = new();
    private readonly TestFiles _files = new();

    private long Now => _time.UtcNow.ToUnixTimeSeconds();

    public void Dispose() => _files.Dispose();

    [Test]
    public void A_token_says_who_someone_is()
    {
        var token = TestToken.Hs256($$"""{"sub":"u1","name":"Alice","picture":"https://a.example/p.png","admin":true,"exp":{{Now + 60}}}""");

        Read(token).Identity.Should().Be(new UserIdentity("u1", "Alice", "https://a.example/p.png", IsAdmin: true, _time.UtcNow.AddSeconds(60)));
    }

    [Test]
    public void A_token_with_nothing_but_a_sub_is_enough() =>
        Read(TestToken.Hs256(Alice)).Identity.Should().Be(new UserIdentity("alice", "alice", ThumbnailUrl: null, IsAdmin: false, ExpiresAt: null));

    [Test]
    public void RS256_and_ES256_hold_with_their_public_key()
    {
        RsaReader().Read(TestToken.Rs256(Alice)).IsAccepted.Should().BeTrue();
        EcReader().Read(TestToken.Es256(Alice)).IsAccepted.Should().BeTrue();
    }

    [TestCase("none")]
    [TestCase("None")]
    [TestCase("")]
    public void Algorithm_none_is_refused(string algorithm)
    {
        Read(TestToken.Unsigned(Alice, algorithm)).Refusal.Should().Be("The token's algorithm is not allowed; this server takes HS256");
        RsaReader().Read(TestToken.Unsigned(Alice, algorithm)).Refusal.Should().Be("The token's algorithm is not allowed; this server takes RS256");
    }

    [Test]
    public void HS256_with_the_text_of_the_public_key_as_its_secret_is_refused()
    {
        var pem = TestKeys.Rsa.ExportSubjectPublicKeyInfoPem();

        RsaReader().Read(TestToken.Hs256(Alice, secret: pem)).Refusal.Should().Be("The token's algorithm is not allowed; this server takes RS256");
        RsaReader().Read(TestToken.Hs256(Alice, secret: pem, header: """{"alg":"RS256"}""")).Refusal.Should().Be("The token's signature is wrong");
    }

    [Test]
    public void An_algorithm_that_is_not_the_keys_own_is_refused()
    {
        Read(TestToken.Rs256(Alice)).Refusal.Should().Contain("algorithm");
        Read(TestToken.Hs256(Alice, header: """{"alg":"HS512"}""")).Refusal.Should().Contain("algorithm");
        EcReader().Read(TestToken.Rs256(Alice)).Refusal.Should().Contain("algorithm");
    }

    [Test]
    public void A_signature_by_another_key_is_refused()
    {
        Read(TestToken.Hs256(Alice, secret: "another secret of thirty-two bytes")).Refusal.Should().Be("The token's signature is wrong");
        RsaReader().Read(TestToken.Rs256(Alice, TestKeys.OtherRsa)).Refusal.Should().Be("The token's signature is wrong");
    }

    [Test]
    public void A_key_in_the_tokens_own_header_is_not_used()
    {
        var header = $$$"""{"alg":"HS256","kid":"mine","jwk":{"kty":"oct","k":"{{{TestToken.Encode("another secret of thirty-two bytes")}}}"}}""";

        Read(TestToken.Hs256(Alice, "another secret of thirty-two bytes", header)).Refusal.Should().Be("The token's signature is wrong");
    }

    [Test]
    public void Claims_changed_after_signing_are_refused()
    {
        var parts = TestToken.Hs256(Alice).Split('.');

        Read($"{parts[0]}.{TestToken.Encode("""{"sub":"bob"}""")}.{parts[2]}").Refusal.Should().Be("The token's signature is wrong");
        Read($"{parts[0]}.{parts[1]}.").Refusal.Should().NotBeNull();
    }

    [Test]
    public void A_token_holds_until_its_end_and_the_skew()
    {
        var token = TestToken.Hs256($$"""{"sub":"alice","exp":{{Now}}}""");

        _time.Advance(TokenClaims.Skew - TimeSpan.FromSeconds(1));
        Read(token).IsAccepted.Should().BeTrue();
        _time.Advance(TimeSpan.FromSeconds(1));
        Read(token).Refusal.Should().Be("The token has expired");
    }

    [Test]
    public void A_token_from_the_future_holds_within_the_skew()
    {
        Read(TestToken.Hs256($$"""{"sub":"alice","nbf":{{Now + 60}}}""")).IsAccepted.Should().BeTrue();
        Read(TestToken.Hs256($$"""{"sub":"alice","nbf":{{Now + 61}}}""")).Refusal.Should().Be("The token is not valid yet (nbf)");
    }

    [TestCase("1e300", false)]
    [TestCase("253402300799", true)]
    [TestCase("253402300800", false)]
    [TestCase("0", false)]
    [TestCase("-1e300", false)]
    [TestCase("\"9999999999\"", false)]
    [TestCase("null", false)]
    [TestCase("[]", false)]
    public void An_end_at_the_edge_of_the_calendar_or_of_the_wrong_kind_does_no_harm(string exp, bool accepted)
    {
        var result = Read(TestToken.Hs256($$"""{"sub":"alice","exp":{{exp}}}"""));

        result.IsAccepted.Should().Be(accepted);
        if (accepted) (result.Identity!.ExpiresAt + TokenClaims.Skew).Should().BeBefore(DateTimeOffset.MaxValue, "it must be safe to add the skew to it");
    }

    [TestCase("{}")]
    [TestCase("""{"sub":null}""")]
    [TestCase("""{"sub":""}""")]
    [TestCase("""{"sub":7}""")]
    [TestCase("""{"sub":"al\nice"}""")]
    [TestCase("""{"sub":"al\u0000ice"}""")]
    public void A_token_without_a_usable_sub_is_refused(string claims) =>
        Read(TestToken.Hs256(claims)).Refusal.Should().StartWith("The token has no usable sub");

    [Test]
    public void A_sub_has_at_most_128_characters()
    {
        Read(TestToken.Hs256($$"""{"sub":"{{new string('x', 128)}}"}""")).IsAccepted.Should().BeTrue();
        Read(TestToken.Hs256($$"""{"sub":"{{new string('x', 129)}}"}""")).Refusal.Should().StartWith("The token has no usable sub");
    }

    [Test]
    public void Only_the_boolean_true_makes_an_admin() =>
        Read(TestToken.Hs256("""{"sub":"alice","admin":false}""")).Identity!.IsAdmin.Should().BeFalse();

    [TestCase("null")]
    [TestCase("\"\"")]
    [TestCase("\"  \"")]
    [TestCase("\"A\\u0007B\"")]
    [TestCase("\"0123456789\"")]
    public void A_name_that_breaks_a_rule_is_dropped(string name)
    {
        var options = new RoomWsOptions { JwtSecret = TestKeys.Secret, Limits = new() { NameLength = 9 } };

        new TokenReader(options, _time).Read(TestToken.Hs256($$"""{"sub":"alice","name":{{name}}}""")).Identity!.Username.Should().Be("alice");
    }

    [TestCase("null")]
    [TestCase("\"/p.png\"")]
    [TestCase("\"javascript:alert(1)\"")]
    [TestCase("\"data:image/png;base64,AA\"")]
    [TestCase("\"https://a.example/0123456789\"")]
    public void A_picture_that_breaks_a_rule_is_dropped(string picture)
    {
        var options = new RoomWsOptions { JwtSecret = TestKeys.Secret, Limits = new() { ThumbnailUrlLength = 20 } };

        new TokenReader(options, _time).Read(TestToken.Hs256($$"""{"sub":"alice","picture":{{picture}}}""")).Identity!.ThumbnailUrl.Should().BeNull();
    }

    [Test]
    public void Issuer_and_audience_count_when_they_are_configured()
    {
        var reader = new TokenReader(new RoomWsOptions { JwtSecret = TestKeys.Secret, JwtIssuer = "us", JwtAudience = "rooms" }, _time);

        reader.Read(TestToken.Hs256("""{"sub":"alice","iss":"us","aud":["mail","rooms"]}""")).IsAccepted.Should().BeTrue();
        reader.Read(TestToken.Hs256("""{"sub":"alice","iss":"them","aud":"rooms"}""")).Refusal.Should().Contain("(iss)");
        reader.Read(TestToken.Hs256("""{"sub":"alice","aud":"rooms"}""")).Refusal.Should().Contain("(iss)");
        reader.Read(TestToken.Hs256("""{"sub":"alice","iss":"us","aud":"mail"}""")).Refusal.Should().Contain("(aud)");
        reader.Read(TestToken.Hs256("""{"sub":"alice","iss":"us"}""")).Refusal.Should().Contain("(aud)");
        Read(TestToken.Hs256("""{"sub":"alice","iss":"them","aud":"mail"}""")).IsAccepted.Should().BeTrue();
    }

    // By number: some of these are too long, or no valid UTF-16, for the name of a test.
    private static readonly string[] Garbage =
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "....",
        "\0\ud800",
        new string('.', 100_000),
        new string('a', 100_000),
        TestToken.Encode("[]") + "." + TestToken.Encode("[]") + ".AA",
        TestToken.Encode("""{"alg":7}""") + "." + TestToken.Encode("{}") + ".AA",
        TestToken.Encode("""{"alg":"HS256"}""") + ".!!!.!!!",
        TestToken.Hs256("[]"),
        TestToken.Hs256("null"),
        TestToken.Hs256("not json"),
        TestToken.Hs256(""),
        TestToken.Hs256("""{"sub":"\ud800"}"""),
        TestToken.Hs256("""{"sub":["alice"]}"""),
        TestToken.Hs256(new string('[', 1_000)),
        TestToken.Hs256(Alice) + ".AA",
    ];

    [Test]
    public void Garbage_is_refused_without_an_exception_and_without_an_echo([Range(0, 19)] int number)
    {
        var token = Garbage[number];

        var refusal = Read(token).Refusal;

        refusal.Should().StartWith("The token");
        if (token.Length > 3) refusal.Should().NotContain(token);
    }

    [Test]
    public void One_reader_serves_many_threads()
    {
        var reader = RsaReader();
        var good = TestToken.Rs256(Alice);
        var bad = TestToken.Rs256(Alice, TestKeys.OtherRsa);

        Enumerable.Range(0, 400).AsParallel().WithDegreeOfParallelism(8)
            .All(i => reader.Read(i % 2 == 0 ? good : bad).IsAccepted == (i % 2 == 0))
            .Should().BeTrue();
    }

    [Test]
    public void Without_a_key_no_token_holds() =>
        new TokenReader(new RoomWsOptions { Dev = true }, _time).Read(TestToken.Hs256(Alice)).Refusal.Should().Contain("no key");

    [Test]
    public void A_key_file_that_went_bad_since_it_was_checked_stops_the_start()
    {
        var make = () => new TokenReader(new RoomWsOptions { JwtPublicKeyFile = Path.Combine(_files.Folder, "gone.pem") }, _time);

        make.Should().Throw<StartupException>().WithMessage("JwtPublicKeyFile*gone.pem*cannot be read*");
    }

    private TokenResult Read(string token) => new TokenReader(new RoomWsOptions { JwtSecret = TestKeys.Secret }, _time).Read(token);

    private TokenReader RsaReader() => KeyReader(TestKeys.Rsa.ExportSubjectPublicKeyInfoPem());

    private TokenReader EcReader() => KeyReader(TestKeys.Ec.ExportSubjectPublicKeyInfoPem());

    private TokenReader KeyReader(string pem) => new(new RoomWsOptions { JwtPublicKeyFile = _files.Write("key.pem", pem) }, _time);
}
