using System.Net.Security;
using System.Net.Sockets;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Transport;

/// <summary>wss: the certificate that clients are shown, and another one that takes its place while the server runs.</summary>
internal sealed class TlsTests : EndToEndTest
{
    private readonly TestFiles _files = new();

    private string CertificateFile => Path.Combine(_files.Folder, "certificate.pem");

    private string KeyFile => Path.Combine(_files.Folder, "key.pem");

    [OneTimeTearDown]
    public void DeleteFiles() => _files.Dispose();

    protected override void Configure(RoomWsOptions options)
    {
        Write(TestKeys.Certificate("first"));
        (options.TlsCertificateFile, options.TlsKeyFile) = (CertificateFile, KeyFile);
    }

    [Test]
    public async Task Clients_connect_by_wss_with_either_kind_of_key([Values] bool isRsa)
    {
        Write(TestKeys.Certificate("either", isRsa));
        Server.ReloadCertificate();

        Server.Url.Scheme.Should().Be("wss");
        var (alice, shown) = await ShownAsync("alice");
        shown.Should().Equal("CN=either");
        await alice.CreateRoomAsync("r1");
        await alice.SayAsync("r1", new string('x', 10_000));
    }

    [Test]
    public async Task The_certificates_that_follow_in_the_file_are_shown_too()
    {
        Write(TestKeys.SignedCertificate("leaf", authority: "between"));
        Server.ReloadCertificate();

        (await ShownAsync("alice")).Shown.Should().Equal("CN=leaf", "CN=between");
    }

    [Test]
    public async Task A_client_that_offers_http_2_gets_http_1_1()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(Server.Url.Host, Server.Url.Port);
        await using var tls = new SslStream(tcp.GetStream());

        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=first",
        }).OrFailAsync("the handshake");

        tls.NegotiatedApplicationProtocol.Should().Be(SslApplicationProtocol.Http11);
    }

    [TestCase(1, false)]
    [TestCase(2, false)]
    [TestCase(3, true)]
    public async Task Tls_1_0_and_1_1_are_refused_and_1_2_is_not(byte minorVersion, bool isTaken)
    {
        using var client = await RawClient.ConnectAsync(Server.Url);

        await client.SendAsync(ClientHello.Of(minorVersion));

        // A record of the handshake, or an alert whose last byte says protocol_version.
        var record = await client.ReadRecordAsync();
        record[0].Should().Be(isTaken ? ClientHello.HandshakeRecord : ClientHello.AlertRecord);
        if (!isTaken) record[^1].Should().Be(ClientHello.ProtocolVersionAlert);
    }

    [OneNode]
    [Test]
    public async Task A_new_certificate_is_for_new_connections_and_open_ones_live_on()
    {
        var (alice, first) = await ShownAsync("alice");
        Write(TestKeys.Certificate("second", isRsa: true));
        (await ShownAsync("carol")).Shown.Should().Equal(first, "nobody has said that there is another");

        Server.ReloadCertificate();

        var (bob, second) = await ShownAsync("bob");
        (first, second).Should().BeEquivalentTo((new[] { "CN=first" }, new[] { "CN=second" }));
        await alice.CreateRoomAsync("r1", members: ["bob"]);
        (await bob.ExpectAsync("ROOM_MEMBERS_UPDATED")).Roster().Should().Be("alice=OWNER bob=MEMBER");
        Server.Log.Entries.Should().ContainSingle(entry => entry.EventId == 3101).Which.Message.Should().Contain(CertificateFile);
    }

    [OneNode]
    [TestCase("garbage")]
    [TestCase("no certificate")]
    [TestCase("no key")]
    [TestCase("another's key")]
    public async Task Files_that_do_not_fit_leave_the_certificate_in_use_and_the_log_says_so_without_the_key(string fault)
    {
        Server.ExpectsFaults = true;
        var alice = (await ShownAsync("alice")).Client;
        var (certificate, key) = TestKeys.Certificate("second");
        Write(fault == "garbage" ? "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" : certificate, fault == "another's key" ? TestKeys.Rsa.ExportPkcs8PrivateKeyPem() : key);
        if (fault == "no certificate") File.Delete(CertificateFile);
        if (fault == "no key") File.Delete(KeyFile);

        Server.ReloadCertificate();

        (await ShownAsync("bob")).Shown.Should().Equal("CN=first");
        await alice.CreateRoomAsync("r1");
        var entry = Server.Log.Entries.Should().ContainSingle(entry => entry.Level >= LogLevel.Warning).Subject;
        entry.EventId.Should().Be(3102);
        entry.Exception.Should().BeNull();
        entry.Message.Should().Contain(CertificateFile).And.Contain(KeyFile).And.NotContain("\n").And.NotContain(key.Split('\n')[1]);

        Write(certificate, key);
        Server.ReloadCertificate();
        (await ShownAsync("carol")).Shown.Should().Equal("CN=second");
    }

    [Test]
    [FileOnly("The server is a process of its own, which keeps its rooms in a file.")]
    [Platform(Exclude = "Win", Reason = "There is no SIGHUP.")]
    public async Task A_hangup_signal_reloads_the_certificate_of_a_process()
    {
        using var server = ServerProcess.Start("--dev", "--port", "0", "--database", Path.Combine(_files.Folder, "rooms.db"), "--tls-certificate-file", CertificateFile, "--tls-key-file", KeyFile);
        var url = new Uri(await server.UrlAsync());
        using var open = new TlsProbe();
        (await open.ConnectAsync(url)).Should().Be("CN=first");
        Write(TestKeys.Certificate("second"));

        server.Signal("HUP");

        var shown = "";
        await Deadline.UntilAsync(
            async () =>
            {
                using var probe = new TlsProbe();
                return (shown = await probe.ConnectAsync(url)) != "CN=first";
            },
            "another certificate is shown");
        shown.Should().Be("CN=second");
        (await open.PingAsync()).Should().StartWith("""{"type":"PONG",""");
        open.Dispose();
        server.Terminate();
        (await server.EndAsync()).ExitCode.Should().Be(0);
    }

    private void Write((string Certificate, string Key) pair) => Write(pair.Certificate, pair.Key);

    private void Write(string certificate, string key)
    {
        File.WriteAllText(CertificateFile, certificate);
        File.WriteAllText(KeyFile, key);
    }

    /// <summary>Connects, and gives the subjects of the certificates that it was shown.</summary>
    private async Task<(TestClient Client, string[] Shown)> ShownAsync(string userId)
    {
        string[] shown = [];
        var client = await TestClient.OpenAsync(Server, $"?user={userId}", options => options.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            shown = [certificate!.Subject, .. chain!.ChainPolicy.ExtraStore.Select(next => next.Subject).Where(subject => subject != certificate.Subject)];
            return true;
        });
        return (client, shown);
    }
}
