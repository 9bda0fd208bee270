using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting;

/// <summary>The framework's pings go by the system's clock, so this takes the two seconds that it is about.</summary>
internal sealed class SilentClientTests : EndToEndTest
{
    private const int Ping = 0x9;

    protected override void Configure(RoomWsOptions options) => (options.PingSeconds, options.DeadSeconds) = (1, 1);

    [Test]
    public async Task A_client_that_does_not_answer_a_ping_is_let_go()
    {
        var silent = await RawClient.OpenAsync(Server);

        (await silent.ReadFrameAsync()).Opcode.Should().Be(Ping);

        (await silent.IsAtEndAsync()).Should().BeTrue();
        await Server.RestartAsync();
        Server.Log.Entries.Should().ContainSingle(entry => entry.Message.Contains("no answer to a ping"));
    }
}
