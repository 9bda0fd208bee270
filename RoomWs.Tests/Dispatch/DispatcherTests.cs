using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>What keeps a message from its command, and in which order that is looked at.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DispatcherTests : IDisposable
{
    private readonly KernelAnswers _kernel = new();
    private readonly Dispatcher _dispatcher;
    private int _executed;

    public DispatcherTests()
    {
        var time = _kernel.Fanout.Time;
        var rate = new MembershipRate(new LimitOptions { MembershipActionsPerMinute = 2 }, new LocalAllowances(time), _kernel.Writer.Metrics, time);
        _dispatcher = new Dispatcher(
            type => type switch
            {
                "DO" => new Own(() => _executed++),
                "JOIN" => new Own(() => _executed++, isMembershipAction: true),
                "FAIL" => new Own(() => throw new InvalidOperationException("on purpose")),
                "PAYLOAD" => new Own(() => _executed++, hasPayload: true),
                "FREE" => new Own(() => _executed++, needsIdentity: false),
                _ => null,
            },
            _kernel.Replies,
            rate,
            _kernel.Writer.Metrics);
    }

    public void Dispose() => _kernel.Dispose();

    [Test]
    public async Task A_message_comes_to_the_command_of_its_type()
    {
        await DispatchAsync("""{"type":"DO"}""");
        await DispatchAsync("""{"type":"PAYLOAD","payload":{}}""");

        _executed.Should().Be(2);
        _kernel.Asker.Take().Should().BeEmpty();
    }

    [TestCase("""{"type":"NONE"}""", "UNKNOWN_TYPE")]
    [TestCase("""{"type":"DO","payload":{}}""", "VALIDATION_ERROR")]
    [TestCase("""{"type":"NONE","payload":{}}""", "VALIDATION_ERROR", Description = "That all fields are wrapped is the fault to tell of.")]
    [TestCase("""{"correlationId":"c"}""", "VALIDATION_ERROR")]
    [TestCase("not JSON", "VALIDATION_ERROR")]
    [TestCase("""{"type":"FAIL"}""", "INTERNAL_ERROR")]
    public async Task What_is_wrong_with_a_message_is_its_reply(string message, string code)
    {
        await DispatchAsync(message);

        (await _kernel.HeardAsync(1)).Should().Equal(code);
        _executed.Should().Be(0);
    }

    [Test]
    public async Task Without_an_identity_only_what_needs_none_is_done()
    {
        _kernel.Asker.Connection.Identity = null;
        await DispatchAsync("""{"type":"DO"}""");
        await DispatchAsync("""{"type":"JOIN"}""");
        await DispatchAsync("""{"type":"NONE"}""");
        await DispatchAsync("""{"type":"FREE"}""");

        (await _kernel.HeardAsync(3)).Should().Equal("UNAUTHORIZED", "UNAUTHORIZED", "UNKNOWN_TYPE");
        _executed.Should().Be(1);
    }

    [Test]
    public async Task Only_what_would_be_tried_counts_as_a_membership_action()
    {
        for (var i = 0; i < 5; i++) await DispatchAsync("""{"type":"JOIN","payload":{}}""");
        for (var i = 0; i < 3; i++) await DispatchAsync("""{"type":"JOIN"}""");
        await DispatchAsync("""{"type":"DO"}""");

        (await _kernel.HeardAsync(6)).Should().Equal([.. Enumerable.Repeat("VALIDATION_ERROR", 5), "RATE_LIMITED"]);
        _executed.Should().Be(3);
    }

    [Test]
    public async Task A_message_costs_its_sender_whatever_is_wrong_with_it()
    {
        var burst = new LimitOptions().RequestBurst;
        for (var i = 0; i < burst; i++) await DispatchAsync("not JSON");
        await DispatchAsync("""{"type":"DO"}""");

        (await _kernel.HeardAsync(burst + 1)).Should().Equal([.. Enumerable.Repeat("VALIDATION_ERROR", burst), "RATE_LIMITED"]);
        _executed.Should().Be(0);
    }

    [Test]
    public async Task The_refusal_has_the_correlationId_wherever_in_the_message_it_stands()
    {
        await DispatchAsync("""{"type":7,"correlationId":"c"}""");

        (await _kernel.Asker.NextAsync()).Text("correlationId").Should().Be("c");
    }

    private async Task DispatchAsync(string message)
    {
        await _dispatcher.DispatchAsync(_kernel.Asker.Connection, Encoding.UTF8.GetBytes(message));
        _kernel.Asker.Connection.FlushReplies();
    }

    private sealed class Own(Action execute, bool isMembershipAction = false, bool hasPayload = false, bool needsIdentity = true) : Command("OWN")
    {
        public override bool IsMembershipAction => isMembershipAction;

        public override bool HasPayload => hasPayload;

        public override bool NeedsIdentity => needsIdentity;

        public override ValueTask ExecuteAsync(Request request, Replies replies)
        {
            execute();
            return ValueTask.CompletedTask;
        }
    }
}
