using System.Net.WebSockets;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Connection;

/// <summary>How an identity begins, is renewed and ends on an open connection.</summary>
[CommandSample("""{"type":"HELLO","version":1}""")]
[CommandSample("""{"type":"PING"}""")]
internal sealed class SessionTests : TokenTest
{
    private static IEnumerable<string> Requests => ServerCommands.Types(command => command.NeedsIdentity);

    [TestCaseSource(nameof(Requests))]
    public async Task Without_an_identity_nothing_is_done_for_a_client(string type)
    {
        var client = await OpenAsync();

        await client.BeRefusedAsync("UNAUTHORIZED", new { type });
        await client.BeRefusedAsync("UNAUTHORIZED", CommandSample.Of(type).Request());

        await client.ExpectNothingAsync();
    }

    [Test]
    public async Task Without_an_identity_ping_works_and_hello_can_be_tried_again()
    {
        var client = await OpenAsync();

        (await client.SucceedAsync("PONG", new { type = "PING" })).Number("timestamp").Should().Be(Now * 1_000);
        await client.BeRefusedAsync("VALIDATION_ERROR", Hello());
        await client.BeRefusedAsync("UNKNOWN_TYPE", new { type = "NO_SUCH" });
        await client.SucceedAsync("HELLO_ACK", Hello(Token("alice")));
    }

    [Test]
    public async Task A_connection_without_an_identity_is_closed_after_10_seconds_and_one_with_stays()
    {
        var nobody = await OpenAsync();
        var alice = await OpenAsync();
        await alice.SucceedAsync("HELLO_ACK", Hello(Token("alice")));

        Clock.Advance(TimeSpan.FromSeconds(9));
        await RoomSteps.ExpectNothingAsync(nobody, alice);
        Clock.Advance(TimeSpan.FromSeconds(1));

        await nobody.ExpectCloseAsync(4001);
        await alice.ExpectNothingAsync();
    }

    [Test]
    public async Task An_expired_token_ends_the_connection_a_minute_later_with_a_word()
    {
        var alice = await OpenAsync(Token("alice", 100));
        await alice.ExpectNothingAsync();

        Clock.Advance(TimeSpan.FromSeconds(159));
        await alice.ExpectNothingAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));

        var error = await alice.ExpectAsync("ERROR");
        error.Code().Should().Be("UNAUTHORIZED");
        error.Has("correlationId").Should().BeFalse();
        await alice.ExpectCloseAsync(4002);
    }

    [Test]
    public async Task A_token_without_an_end_does_not_end()
    {
        var alice = await OpenAsync(Jwt.Hs256(new { sub = "alice" }));

        (await alice.SucceedAsync("HELLO_ACK", Hello())).Has("expiresAt").Should().BeFalse();
        Clock.Advance(TimeSpan.FromDays(1));
        await alice.ExpectNothingAsync();
    }

    [Test]
    public async Task A_fresh_token_extends_the_session_to_its_own_end()
    {
        var alice = await OpenAsync(Token("alice", 10));
        await alice.SucceedAsync("HELLO_ACK", Hello());
        Clock.Advance(TimeSpan.FromSeconds(69));

        var ack = await alice.SucceedAsync("HELLO_ACK", Hello(Token("alice", 31)));
        ack.Number("expiresAt").Should().Be((Now + 31) * 1_000);

        Clock.Advance(TimeSpan.FromSeconds(90));
        await alice.ExpectNothingAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await alice.ExpectAsync("ERROR");
        await alice.ExpectCloseAsync(4002);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Another_users_token_ends_the_connection(bool greeted)
    {
        var alice = await OpenAsync(Token("alice"));
        if (greeted) await alice.SucceedAsync("HELLO_ACK", Hello());

        await alice.BeRefusedAsync("UNAUTHORIZED", Hello(Token("bob")));

        await alice.ExpectCloseAsync(4001);
    }

    [Test]
    public async Task A_bad_token_later_ends_the_connection_too()
    {
        var alice = await OpenAsync(Token("alice"));

        await alice.BeRefusedAsync("UNAUTHORIZED", Hello("nonsense"));

        await alice.ExpectCloseAsync(4003);
    }

    [Test]
    public async Task A_later_hello_without_a_token_is_refused_and_the_session_goes_on()
    {
        var alice = await OpenAsync(Token("alice"));
        await alice.SucceedAsync("HELLO_ACK", Hello());

        (await alice.BeRefusedAsync("VALIDATION_ERROR", Hello())).Message().Should().Contain("token");

        await alice.CreateRoomAsync("r1");
    }

    [TestCase(2)]
    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(9_999_999_999)]
    public async Task Another_protocol_version_ends_the_connection(long version)
    {
        var alice = await OpenAsync();

        (await alice.BeRefusedAsync("UNSUPPORTED_PROTOCOL_VERSION", new { type = "HELLO", version, token = Token("alice") })).Message().Should().Contain("1");

        await alice.ExpectCloseAsync(1008);
    }

    // On another node a newcomer waits for a place by the clock, which stands still here.
    [OneNode]
    [TestCase(true)]
    [TestCase(false)]
    public async Task A_user_may_have_as_many_connections_as_the_limit_until_one_ends(bool byUpgrade)
    {
        await LimitAsync(limits => limits.ConnectionsPerUser = 2);
        var first = await OpenAsync(Token("alice"));
        var second = await OpenAsync(Token("alice"));
        await RoomSteps.ExpectNothingAsync(first, second);
        // Reading is what makes a client answer when it is asked whether it lives.
        List<Task<WebSocketReceiveResult>> reading = [.. new[] { first, second }.Select(client => client.Socket.ReceiveAsync(new ArraySegment<byte>(new byte[100]), CancellationToken.None))];

        var third = byUpgrade ? await OpenAsync(Token("alice")) : await OpenAsync();
        if (!byUpgrade) await third.SendAsync(Hello(Token("alice")));
        (await third.ExpectAsync("ERROR")).Code().Should().Be("UNAUTHORIZED");
        (await third.ExpectCloseAsync(1008)).Should().Contain("ConnectionsPerUser");
        await (await OpenAsync(Token("bob"))).SucceedAsync("HELLO_ACK", Hello());

        foreach (var client in (TestClient[])[first, second]) await client.SendAsync("""{"type":"PING"}""");
        foreach (var pong in reading) await pong.OrFailAsync("the PONG");
        await first.CloseAsync();
        await Deadline.UntilAsync(() => Server.Log.Entries.Any(entry => entry.Message.Contains("closed by the client", StringComparison.Ordinal)), "the server has taken the connection off its books");
        await (await OpenAsync(Token("alice"))).SucceedAsync("HELLO_ACK", Hello());
    }

    private string Token(string userId, int seconds = 3_600) => Jwt.Hs256(new { sub = userId, exp = Now + seconds });
}
