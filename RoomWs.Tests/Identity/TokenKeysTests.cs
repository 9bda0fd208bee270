using System.Security.Cryptography;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Identity;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Identity;

/// <summary>Several keys at once, as while one takes over from another.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class TokenKeysTests : IDisposable
{
    private const string Alice = """{"sub":"alice"}""";

    private readonly ManualTimeProvider _time = new();
    private readonly TestFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Test]
    public void Two_secrets_hold_at_once_and_no_third()
    {
        const string previous = "the secret before, of thirty-two bytes";
        var reader = new TokenReader(new RoomWsOptions { JwtSecret = TestKeys.Secret, JwtPreviousSecret = previous }, _time);

        reader.Read(TestToken.Hs256(Alice)).IsAccepted.Should().BeTrue();
        reader.Read(TestToken.Hs256(Alice, previous)).IsAccepted.Should().BeTrue();
        reader.Read(TestToken.Hs256(Alice, previous, """{"alg":"HS256","kid":"unheard-of"}""")).IsAccepted.Should().BeTrue("what issuers call their keys is not known here");
        reader.Read(TestToken.Hs256(Alice, "another secret of thirty-two bytes")).Refusal.Should().Be("The token's signature is wrong");
    }

    [Test]
    public void All_the_keys_of_a_file_hold_at_once_and_no_other()
    {
        var pems = new[] { TestKeys.Rsa.ExportSubjectPublicKeyInfoPem(), TestKeys.OtherRsa.ExportRSAPublicKeyPem(), TestKeys.Ec.ExportSubjectPublicKeyInfoPem() };
        using var third = RSA.Create(2_048);
        var reader = new TokenReader(new RoomWsOptions { JwtPublicKeyFile = _files.Write("keys.pem", string.Join('\n', pems)) }, _time);

        reader.Read(TestToken.Rs256(Alice)).IsAccepted.Should().BeTrue();
        reader.Read(TestToken.Rs256(Alice, TestKeys.OtherRsa)).IsAccepted.Should().BeTrue();
        reader.Read(TestToken.Es256(Alice)).IsAccepted.Should().BeTrue();
        reader.Read(TestToken.Rs256(Alice, third)).Refusal.Should().Be("The token's signature is wrong");
    }

    [Test]
    public void Beside_a_secret_each_key_is_for_its_own_algorithm_alone()
    {
        var (rsa, ec) = (TestKeys.Rsa.ExportSubjectPublicKeyInfoPem(), TestKeys.Ec.ExportSubjectPublicKeyInfoPem());
        var reader = new TokenReader(new RoomWsOptions { JwtSecret = TestKeys.Secret, JwtPublicKeyFile = _files.Write("keys.pem", rsa + "\n" + ec) }, _time);

        reader.Read(TestToken.Hs256(Alice)).IsAccepted.Should().BeTrue();
        reader.Read(TestToken.Rs256(Alice)).IsAccepted.Should().BeTrue();
        reader.Read(TestToken.Es256(Alice)).IsAccepted.Should().BeTrue();
        // The text of a public key, in every form in which it may lie around, is no secret.
        string[] texts = [rsa, rsa + "\n", ec, ec + "\n", rsa + "\n" + ec, TestKeys.Rsa.ExportRSAPublicKeyPem()];
        foreach (var text in texts)
        {
            reader.Read(TestToken.Hs256(Alice, text)).Refusal.Should().Be("The token's signature is wrong");
            reader.Read(TestToken.Hs256(Alice, text, """{"alg":"RS256"}""")).Refusal.Should().Be("The token's signature is wrong");
            reader.Read(TestToken.Hs256(Alice, text, """{"alg":"ES256"}""")).Refusal.Should().Be("The token's signature is wrong");
        }

        reader.Read(TestToken.Hs256(Alice, header: """{"alg":"RS256"}""")).Refusal.Should().Be("The token's signature is wrong");
        reader.Read(TestToken.Hs256(Alice, header: """{"alg":"HS384"}""")).Refusal.Should().Be("The token's algorithm is not allowed; this server takes HS256 or RS256 or ES256");
        reader.Read(TestToken.Unsigned(Alice)).Refusal.Should().StartWith("The token's algorithm is not allowed");
    }
}
