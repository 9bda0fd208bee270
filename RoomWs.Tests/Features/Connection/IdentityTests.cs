using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Connection;

/// <summary>Who a client is: every way of bringing a token, and every kind of token that does not hold.</summary>
internal sealed class IdentityTests : TokenTest
{
    private static readonly string[] Refusals = ["expired", "not yet valid", "signature", "algorithm", "none", "no sub", "empty sub", "long sub", "numeric sub", "other key", "payload", "exp text", "garbage", "two parts", "empty"];

    [Test]
    public async Task A_token_in_hello_is_acknowledged_with_all_that_a_client_needs()
    {
        var client = await OpenAsync();

        var ack = await client.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1, capabilities = new[] { "UNHEARD_OF" }, token = Token("alice") });

        CheckAck(ack);
        var limits = ack.GetProperty("limits");
        limits.Number("messageBytes").Should().Be(65_536);
        limits.Number("nameLength").Should().Be(200);
        limits.Number("membersPerRoom").Should().Be(10_000);
        ack.Texts("capabilities").Should().BeEmpty();
        await client.CreateRoomAsync("r1");
    }

    [TestCaseSource(nameof(UpgradeWays))]
    public async Task A_token_in_the_upgrade_is_enough_and_hello_may_follow(string way)
    {
        var client = await OpenAsync(Token("alice"), way);

        (await client.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1" })).Room().Roster().Should().Be("alice=OWNER");
        CheckAck(await client.SucceedAsync("HELLO_ACK", Hello()));
        client.Socket.SubProtocol.Should().Be(way == "subprotocol" ? "roomws.v1" : null);
    }

    [TestCaseSource(nameof(UpgradeWays))]
    public async Task A_bad_token_in_the_upgrade_gets_a_reason_and_close_4003(string way)
    {
        // An empty token is none, in the upgrade.
        foreach (var kind in Refusals.Where(kind => kind != "empty"))
        {
            var client = await OpenAsync(BadToken(kind), way);

            var error = await client.ExpectAsync("ERROR");
            error.Code().Should().Be("UNAUTHORIZED", kind);
            error.Has("correlationId").Should().BeFalse();
            await client.ExpectCloseAsync(4003);
        }
    }

    [TestCaseSource(nameof(UpgradeWays))]
    public async Task A_token_holds_by_every_way_until_its_end_and_the_skew(string way)
    {
        await (await OpenAsync(Jwt.Hs256(new { sub = "alice", exp = Now - 59 }), way)).SucceedAsync("HELLO_ACK", Hello());
        await (await OpenAsync(Jwt.Hs256(new { sub = "alice", nbf = Now + 60 }), way)).SucceedAsync("HELLO_ACK", Hello());
    }

    [TestCaseSource(nameof(UpgradeWays))]
    public async Task While_a_secret_takes_over_from_another_the_tokens_of_both_hold(string way)
    {
        const string next = "the secret that takes over, long enough as well";
        var (old, fresh, other) = (Token("alice"), Jwt.Hs256(new { sub = "alice" }, next), Jwt.Hs256(new { sub = "alice" }, "a secret that was never in use here"));

        await Server.RestartAsync(options => (options.JwtSecret, options.JwtPreviousSecret) = (next, Jwt.Secret));
        await (await OpenAsync(old, way)).SucceedAsync("HELLO_ACK", Hello(fresh));
        await (await OpenAsync(fresh, way)).SucceedAsync("HELLO_ACK", Hello(old));
        await (await OpenAsync(other, way)).ExpectAsync("ERROR");

        await Server.RestartAsync(options => options.JwtPreviousSecret = null);
        await (await OpenAsync(fresh, way)).SucceedAsync("HELLO_ACK", Hello());
        await (await OpenAsync(old, way)).ExpectAsync("ERROR");
    }

    [TestCaseSource(nameof(UpgradeWays))]
    public async Task Beside_a_secret_the_text_of_the_public_key_is_no_secret_by_any_way(string way)
    {
        using var rsa = RSA.Create(2_048);
        var pem = rsa.ExportSubjectPublicKeyInfoPem();
        var path = Path.Combine(Server.Folder, "key.pem");
        await File.WriteAllTextAsync(path, pem);
        await Server.RestartAsync(options => options.JwtPublicKeyFile = path);

        await (await OpenAsync(Token("alice"), way)).SucceedAsync("HELLO_ACK", Hello(Jwt.Rs256(new { sub = "alice" }, rsa)));
        var client = await OpenAsync(Jwt.Hs256(new { sub = "alice" }, pem), way);
        await client.ExpectAsync("ERROR");
        await client.ExpectCloseAsync(4003);
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task A_bad_token_in_hello_gets_a_reason_and_close_4003(string kind)
    {
        var client = await OpenAsync();

        var error = await client.BeRefusedAsync("UNAUTHORIZED", Hello(BadToken(kind)));

        error.Message().Should().NotContain(Jwt.Secret);
        await client.ExpectCloseAsync(4003);
    }

    [Test]
    public async Task The_first_way_found_decides_even_when_a_later_one_would_be_better()
    {
        var client = await TestClient.OpenAsync(Server, $"?token={Token("alice")}", options => options.SetRequestHeader("Authorization", "Bearer nonsense"));

        await client.ExpectAsync("ERROR");
        await client.ExpectCloseAsync(4003);
    }

    [Test]
    public async Task Rsa_and_ec_keys_hold_and_the_public_key_is_no_secret_to_sign_with()
    {
        using var rsa = RSA.Create(2_048);
        using var otherRsa = RSA.Create(2_048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var claims = new { sub = "alice", name = "Alice A.", exp = Now + 60 };

        await UseKeyAsync(rsa.ExportSubjectPublicKeyInfoPem());
        CheckAck(await (await OpenAsync()).SucceedAsync("HELLO_ACK", Hello(Jwt.Rs256(claims, rsa))));
        string[] wrong = [Jwt.Rs256(claims, otherRsa), Jwt.Es256(claims, ec), Jwt.Hs256(claims, rsa.ExportSubjectPublicKeyInfoPem()), Jwt.Hs256(claims)];
        foreach (var token in wrong) await (await OpenAsync()).BeRefusedAsync("UNAUTHORIZED", Hello(token));

        await UseKeyAsync(ec.ExportSubjectPublicKeyInfoPem());
        CheckAck(await (await OpenAsync(Jwt.Es256(claims, ec))).SucceedAsync("HELLO_ACK", Hello()));
        await (await OpenAsync()).BeRefusedAsync("UNAUTHORIZED", Hello(Jwt.Rs256(claims, rsa)));
    }

    [Test]
    public async Task Issuer_and_audience_are_checked_where_they_are_set()
    {
        await Server.RestartAsync(options => (options.JwtIssuer, options.JwtAudience) = ("us", "rooms"));

        await (await OpenAsync()).SucceedAsync("HELLO_ACK", Hello(Jwt.Hs256(new { sub = "alice", iss = "us", aud = new[] { "other", "rooms" } })));
        foreach (var claims in new object[] { new { sub = "alice" }, new { sub = "alice", iss = "us" }, new { sub = "alice", iss = "them", aud = "rooms" } })
        {
            await (await OpenAsync()).BeRefusedAsync("UNAUTHORIZED", Hello(Jwt.Hs256(claims)));
        }
    }

    [Test]
    public async Task What_development_mode_takes_is_nothing_here()
    {
        var client = await TestClient.OpenAsync(Server, "?user=alice");

        await client.BeRefusedAsync("UNAUTHORIZED", new { type = "ROOM_LIST" });
        (await client.BeRefusedAsync("VALIDATION_ERROR", new { type = "HELLO", version = 1, userId = "alice" })).Message().Should().Contain("token");
        await client.BeRefusedAsync("UNAUTHORIZED", new { type = "ROOM_LIST" });
    }

    [Test]
    public async Task Name_and_picture_are_kept_for_members_who_are_offline()
    {
        var alice = await OpenAsync(Token("alice"));
        var bob = await OpenAsync(Jwt.Hs256(new { sub = "bob", name = "Bob B.", picture = "https://example.com/b.png" }));
        await bob.SucceedAsync("HELLO_ACK", Hello());
        await alice.CreateRoomAsync("r1", members: ["bob"]);

        await Server.RestartAsync();

        alice = await OpenAsync(Jwt.Hs256(new { sub = "alice", name = "Alice the second" }));
        // On PostgreSQL bob has his grace after a restart, too, which begins when the new node has found him.
        await Server.UntilWrittenAsync("bob", isOnline: false, () => Clock.Advance(TimeSpan.FromSeconds(2)));
        await alice.UntilOnlineAsync("r1", "alice");
        var details = (await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_MEMBERS", roomId = "r1" })).GetProperty("memberDetails");
        details[0].Text("username").Should().Be("Alice the second");
        details[0].GetProperty("online").GetBoolean().Should().BeTrue();
        details[1].Text("username").Should().Be("Bob B.");
        details[1].Text("thumbnailUrl").Should().Be("https://example.com/b.png");
        details[1].GetProperty("online").GetBoolean().Should().BeFalse();
    }

    [Test]
    public async Task A_server_admin_sees_private_rooms_in_the_list_and_gets_into_none_of_them()
    {
        var alice = await OpenAsync(Token("alice"));
        await alice.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId = "r1", joinPolicy = "INVITE" });
        var all = new { type = "ROOM_LIST", includeAll = true };

        var root = await OpenAsync(Jwt.Hs256(new { sub = "root", admin = true }));
        (await root.SucceedAsync("ROOM_LIST_RESPONSE", all)).Number("count").Should().Be(1);
        await root.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_INFO", roomId = "r1" });

        var user = await OpenAsync(Jwt.Hs256(new { sub = "eve", admin = false }));
        (await user.SucceedAsync("ROOM_LIST_RESPONSE", all)).Number("count").Should().Be(0);
    }

    private string Token(string userId) => Jwt.Hs256(new { sub = userId, name = "Alice A.", exp = Now + 60 });

    private void CheckAck(JsonElement ack)
    {
        ack.Version().Should().Be(1);
        ack.Text("userId").Should().Be("alice");
        ack.Text("username").Should().Be("Alice A.");
        ack.Text("connectionId").Should().NotBeEmpty();
        ack.Number("serverTime").Should().Be(Now * 1_000);
        ack.Number("expiresAt").Should().Be((Now + 60) * 1_000);
    }

    private string BadToken(string kind) => kind switch
    {
        "expired" => Jwt.Hs256(new { sub = "alice", exp = Now - 60 }),
        "not yet valid" => Jwt.Hs256(new { sub = "alice", nbf = Now + 61 }),
        "signature" => Token("alice")[..^4] + "AAAA",
        "algorithm" => Jwt.Sign("HS512", new { sub = "alice" }, data => HMACSHA512.HashData(Encoding.UTF8.GetBytes(Jwt.Secret), data)),
        "none" => Jwt.Sign("none", new { sub = "alice" }, _ => []),
        "no sub" => Jwt.Hs256(new { name = "alice" }),
        "empty sub" => Jwt.Hs256(new { sub = "" }),
        "long sub" => Jwt.Hs256(new { sub = new string('x', 129) }),
        "other key" => Jwt.Hs256(new { sub = "alice" }, "another secret that is also long enough"),
        "payload" => string.Join('.', Token("alice").Split('.')[0], Token("bob").Split('.')[1], Token("alice").Split('.')[2]),
        "numeric sub" => Jwt.Hs256(new { sub = 7 }),
        "exp text" => Jwt.Hs256(new { sub = "alice", exp = "tomorrow" }),
        "two parts" => Token("alice")[..Token("alice").LastIndexOf('.')],
        "empty" => "",
        _ => "garbage",
    };

    private async Task UseKeyAsync(string pem)
    {
        var path = Path.Combine(Server.Folder, "key.pem");
        await File.WriteAllTextAsync(path, pem);
        await Server.RestartAsync(options => (options.JwtSecret, options.JwtPublicKeyFile) = (null, path));
    }
}
