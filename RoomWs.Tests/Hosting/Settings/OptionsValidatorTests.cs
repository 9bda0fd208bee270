using System.Security.Cryptography;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Settings;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting.Settings;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class OptionsValidatorTests : IDisposable
{
    private readonly TestFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Test]
    public void A_secret_or_a_public_key_or_development_mode_is_enough()
    {
        Problems(new() { JwtSecret = TestKeys.Secret }).Should().BeEmpty();
        Problems(new() { JwtPublicKeyFile = _files.Write("rsa.pem", TestKeys.Rsa.ExportSubjectPublicKeyInfoPem()) }).Should().BeEmpty();
        Problems(new() { JwtPublicKeyFile = _files.Write("pkcs1.pem", TestKeys.Rsa.ExportRSAPublicKeyPem()) }).Should().BeEmpty();
        Problems(new() { JwtPublicKeyFile = _files.Write("ec.pem", TestKeys.Ec.ExportSubjectPublicKeyInfoPem()) }).Should().BeEmpty();
        Problems(new() { Dev = true }).Should().BeEmpty();
    }

    [Test]
    public void No_key_is_refused_and_so_is_a_previous_secret_alone()
    {
        Problems(new()).Should().ContainSingle().Which.Should().Match("There is no key*ROOMWS_JwtSecret*JwtPublicKeyFile*--dev");
        Problems(new() { Dev = true, JwtPreviousSecret = TestKeys.Secret }).Should().ContainSingle().Which.Should().StartWith("JwtPreviousSecret is set without JwtSecret");
    }

    [Test]
    public void Keys_may_be_several_while_one_takes_over_from_another()
    {
        var file = _files.Write("keys.pem", $"The old one\n{TestKeys.Ec.ExportSubjectPublicKeyInfoPem()}\nThe new one\n{TestKeys.Rsa.ExportRSAPublicKeyPem()}\n");

        Problems(new() { JwtSecret = TestKeys.Secret, JwtPreviousSecret = "the one before it, long enough too", JwtPublicKeyFile = file }).Should().BeEmpty();
    }

    [Test]
    public void A_short_secret_is_refused_by_its_bytes_and_not_shown()
    {
        Problems(new() { JwtSecret = new string('x', 31) }).Should().ContainSingle().Which.Should().StartWith("JwtSecret has 31 bytes; it must have 32 or more").And.NotContain("xxx");
        Problems(new() { JwtSecret = new string('é', 16) }).Should().BeEmpty();
        Problems(new() { JwtSecret = TestKeys.Secret, JwtPreviousSecret = new string('x', 31) }).Should().ContainSingle().Which.Should().StartWith("JwtPreviousSecret has 31 bytes; it must have 32 or more").And.NotContain("xxx");
    }

    private static IEnumerable<TestCaseData> WrongKeyFiles()
    {
        using var small = RSA.Create(1_024);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var otherCurve = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        yield return new TestCaseData("", "holds no PEM*").SetArgDisplayNames("empty");
        yield return new TestCaseData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "*neither RSA nor EC P-256").SetArgDisplayNames("garbage");
        yield return new TestCaseData(TestKeys.Rsa.ExportPkcs8PrivateKeyPem(), "holds a private key*").SetArgDisplayNames("private");
        yield return new TestCaseData(TestKeys.Certificate().Certificate, "holds a CERTIFICATE*openssl x509*").SetArgDisplayNames("certificate");
        yield return new TestCaseData(small.ExportSubjectPublicKeyInfoPem(), "holds an RSA key of 1024 bits; it must have 2048 or more").SetArgDisplayNames("small RSA");
        yield return new TestCaseData(TestKeys.Ec.ExportSubjectPublicKeyInfoPem() + "\n" + small.ExportSubjectPublicKeyInfoPem(), "holds an RSA key of 1024 bits; it must have 2048 or more (block 2 of 2)").SetArgDisplayNames("second small");
        yield return new TestCaseData(TestKeys.Ec.ExportSubjectPublicKeyInfoPem() + "\n" + TestKeys.Rsa.ExportSubjectPublicKeyInfoPem()[..^20], "holds a PEM block that is broken, or has no end").SetArgDisplayNames("second broken");
        yield return new TestCaseData(p384.ExportSubjectPublicKeyInfoPem(), "holds an EC key of another curve*").SetArgDisplayNames("P-384");
        yield return new TestCaseData(otherCurve.ExportSubjectPublicKeyInfoPem(), "holds an EC key of another curve*").SetArgDisplayNames("secp256k1");
    }

    [Test]
    public void Operators_have_a_port_and_an_address_of_their_own()
    {
        Problems(new() { Dev = true, Port = 9090, OpsPort = 9090 }).Should().ContainSingle().Which.Should().StartWith("OpsPort is 9090, which is Port too");
        Problems(new() { Dev = true, OpsPort = 1, OpsHost = "example.com" }).Should().ContainSingle().Which.Should().StartWith("OpsHost is \"example.com\"; it must be an IP address");
        Problems(new() { Dev = true, Port = 0, OpsPort = 0, OpsHost = "*" }).Should().BeEmpty();
    }

    [TestCaseSource(nameof(WrongKeyFiles))]
    public void A_public_key_file_that_does_not_fit_says_why(string pem, string why)
    {
        var file = _files.Write("key.pem", pem);

        Problems(new() { JwtPublicKeyFile = file }).Should().ContainSingle().Which.Should().Match($"JwtPublicKeyFile \"{file}\" {why}");
    }

    [Test]
    public void A_missing_public_key_file_is_named() =>
        Problems(new() { JwtPublicKeyFile = "/nowhere/key.pem" }).Should().ContainSingle().Which.Should().StartWith("JwtPublicKeyFile \"/nowhere/key.pem\" cannot be read");

    [TestCase("127.0.0.1", true)]
    [TestCase("127.8.8.8", true)]
    [TestCase("::1", true)]
    [TestCase("localhost", true)]
    [TestCase("0.0.0.0", false)]
    [TestCase("::", false)]
    [TestCase("*", false)]
    [TestCase("192.168.1.2", false)]
    public void Development_mode_listens_on_loopback_only(string host, bool allowed)
    {
        var problems = Problems(new() { Dev = true, Host = host });

        if (allowed) problems.Should().BeEmpty();
        else problems.Should().ContainSingle().Which.Should().Match($"Host is \"{host}\" in development mode*");
        Problems(new() { JwtSecret = TestKeys.Secret, Host = host }).Should().BeEmpty();
    }

    [TestCase("example.com")]
    [TestCase("1")]
    [TestCase("127.1")]
    [TestCase("127.0.0.1:80")]
    [TestCase(null)]
    public void A_host_that_is_no_address_is_refused(string? host) =>
        Problems(new() { Dev = true, Host = host! }).Should().ContainSingle().Which.Should().StartWith($"Host is \"{host}\"; it must be an IP address");

    [TestCase("ws")]
    [TestCase("/ws?x")]
    [TestCase("/ws#x")]
    [TestCase("/w s")]
    [TestCase(null)]
    public void A_path_that_no_request_can_have_is_refused(string? path) =>
        Problems(new() { Dev = true, Path = path! }).Should().ContainSingle().Which.Should().StartWith($"Path is \"{path}\"; it must begin with /");

    [Test]
    public void A_database_without_a_name_is_refused() =>
        Problems(new() { Dev = true, Database = null! }).Should().ContainSingle().Which.Should().StartWith("Database is empty");

    [Test]
    public void A_cookie_needs_allowed_origins_and_a_name_that_cookies_can_have()
    {
        Problems(new() { Dev = true, Cookie = "session" }).Should().ContainSingle().Which.Should().StartWith("Cookie is set without AllowedOrigins");
        Problems(new() { Dev = true, Cookie = "a=b", AllowedOrigins = ["https://a.example"] }).Should().ContainSingle().Which.Should().StartWith("Cookie is \"a=b\"");
        Problems(new() { Dev = true, Cookie = "__Host-session", AllowedOrigins = ["https://a.example"] }).Should().BeEmpty();
    }

    [TestCase("https://app.example.com", null)]
    [TestCase("http://localhost:5173", null)]
    [TestCase("http://[::1]:5173", null)]
    [TestCase("capacitor://localhost", null)]
    [TestCase("*", "leave AllowedOrigins empty to allow any origin")]
    [TestCase("https://*.example.com", "there are no wildcards; list each origin")]
    [TestCase("https://app.example.com/", "browsers send this origin as https://app.example.com")]
    [TestCase("https://app.example.com/chat?x", "browsers send this origin as https://app.example.com")]
    [TestCase("https://app.example.com:443", "browsers send this origin as https://app.example.com")]
    [TestCase("https://me@app.example.com", "browsers send this origin as https://app.example.com")]
    [TestCase("app.example.com", "an origin is written scheme://host or scheme://host:port")]
    [TestCase("/etc/passwd", "an origin is written scheme://host or scheme://host:port")]
    [TestCase("null", "an origin is written scheme://host or scheme://host:port")]
    public void An_allowed_origin_is_written_as_browsers_send_it(string origin, string? fault)
    {
        var problems = Problems(new() { Dev = true, AllowedOrigins = [origin] });

        if (fault is null) problems.Should().BeEmpty();
        else problems.Should().Equal($"AllowedOrigins has \"{origin}\"; {fault}");
    }

    [Test]
    public void A_certificate_and_its_key_come_together_and_fit()
    {
        var (certificate, key) = TestKeys.Certificate();
        var certificateFile = _files.Write("certificate.pem", certificate);
        var keyFile = _files.Write("key.pem", key);
        var otherKeyFile = _files.Write("other.pem", TestKeys.Rsa.ExportPkcs8PrivateKeyPem());

        Problems(new() { Dev = true, TlsCertificateFile = certificateFile, TlsKeyFile = keyFile }).Should().BeEmpty();
        Problems(new() { Dev = true, TlsCertificateFile = certificateFile }).Should().Equal("TlsCertificateFile is set without TlsKeyFile; set both for wss, or neither");
        Problems(new() { Dev = true, TlsKeyFile = keyFile }).Should().Equal("TlsKeyFile is set without TlsCertificateFile; set both for wss, or neither");
        Problems(new() { Dev = true, TlsCertificateFile = certificateFile, TlsKeyFile = otherKeyFile }).Should().ContainSingle().Which.Should().Match("*cannot be used*");
        Problems(new() { Dev = true, TlsCertificateFile = "/nowhere", TlsKeyFile = keyFile }).Should().ContainSingle().Which.Should().Match("*cannot be used*/nowhere*");
    }

    [Test]
    public void The_queue_of_a_connection_holds_two_of_the_largest_messages()
    {
        Problems(new() { Dev = true, Limits = new() { MessageBytes = 1_024, OutboundQueueBytes = 2_048 } }).Should().BeEmpty();
        Problems(new() { Dev = true, Limits = new() { MessageBytes = 1_024, OutboundQueueBytes = 2_047 } }).Should().ContainSingle().Which.Should().StartWith("Limits:OutboundQueueBytes is 2047; it must be at least 2048");
    }

    private static List<string> Problems(RoomWsOptions options) => [.. OptionsValidator.Validate(options, new HashSet<string>()).Select(problem => problem.Message)];
}
