using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Sessions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Faults;

/// <summary>What connections, timers and housekeeping call fails, by a line of the log that cannot be written or by what only a fault could have left there.</summary>
[OneNode]
internal sealed class CallbackFaultTests : FaultTest
{
    /// <summary>The callbacks that fail, how, and with what the server logs it.</summary>
    private static readonly TestCaseData[] Rows =
    [
        Row("the reply of the dispatcher's catch", 3009, async test =>
        {
            var unlucky = await test.BreakAsync("messages", 2002, """{"type":"ROOM_HISTORY","roomId":"cold"}""");
            await unlucky.ExpectCloseAsync(1011);
        }),
        Row("the reply to a change that failed", 1003, async test =>
        {
            var unlucky = await test.BreakAsync("invites", 2002, """{"type":"ROOM_INVITE_CREATE","roomId":"cold"}""");
            await unlucky.ExpectCloseAsync(1011);
        }),
        Row("what follows the reply to a change", 1003, async test =>
        {
            var unlucky = await test.BreakAsync(null, 2001, """{"type":"ROOM_UPDATE_META","roomId":"warm","patch":{"name":"x"}}""");
            (await unlucky.NextAsync()).Code().Should().Be("FORBIDDEN");
            await unlucky.ExpectCloseAsync(1011);
        }),
        Row("what precedes the reply to a query", 2002, async test =>
        {
            var unlucky = await test.BreakAsync(null, 2001, """{"type":"ROOM_AUDIT_LIST","roomId":"warm"}""");
            (await unlucky.NextAsync()).Code().Should().Be("INTERNAL_ERROR");
            await unlucky.ExpectNothingAsync();
            await unlucky.CloseAsync();
        }),
        Row("what follows the sign-in of an upgrade", 3008, async test =>
        {
            test.Server.Log.FailsOn = 3001;
            await (await test.ConnectAsync("unlucky")).ExpectCloseAsync(1011);
        }),
        Row("the log of a connection's end", 0, async test =>
        {
            var unlucky = await test.EnterAsync();
            test.Server.Log.FailsOn = 3002;
            await unlucky.CloseAsync();
        }),
        Row("the log of a connection's refusals at its end", 0, async test =>
        {
            var unlucky = await test.EnterAsync();
            for (var i = 0; i < 2; i++) await unlucky.BeRefusedAsync("FORBIDDEN", new { type = "ROOM_DELETE", roomId = "warm" });
            var connection = test.UnluckyOnServer;
            test.Server.Log.FailsOn = 2004;
            await unlucky.CloseAsync();
            await Deadline.UntilAsync(() => test.Server.Log.Entries.Any(entry => entry.EventId == 3002 && entry.Message.Contains(connection.Id, StringComparison.Ordinal)), "the end is logged");
        }),
        Row("a tick of the cursors", 5002, test => test.BreakCursorsAsync()),
        Row("housekeeping's look at a connection", 4001, test => test.BreakHousekeepingAsync()),
    ];

    private readonly ShiftedClock _clock = new();
    private string? _away;

    protected override TimeProvider Time => _clock;

    private ClientConnection UnluckyOnServer => Server.Core.Connections.Of("unlucky")[0];

    [TestCaseSource(nameof(Rows))]
    public async Task A_fault_in_a_callback_is_no_other_s(int logged, Func<CallbackFaultTests, Task> fail)
    {
        await PrepareAsync();
        await fail(this);
        if (logged != 0) await Deadline.UntilAsync(() => Server.Log.Faults.Any(fault => fault.EventId == logged), $"{logged} is logged");

        await ChangeAsync();
        Server.Log.FailsOn = 0;
        if (_away is not null) Run($"ALTER TABLE away RENAME TO {_away}");

        await TalkAsync();
        // Nothing is left of it: its place among its user's connections, and in its rooms.
        await Deadline.UntilAsync(() => Server.Core.Connections.Of("unlucky").IsEmpty, "the connection is gone");
        var back = await ConnectAsync("unlucky");
        (await back.EnterAsync("warm")).Positions().Should().NotContain(position => position.StartsWith("unlucky ", StringComparison.Ordinal));
        await back.EnterAsync("cold");
        await TalkAsync();
    }

    [Test]
    public async Task Housekeeping_goes_on_while_the_writer_does_not()
    {
        var first = await TestClient.OpenAsync(Server);
        await first.SettleAsync();
        var hold = await WriterHold.StartAsync(Server);
        // Old records are deleted by the writer, once in ten minutes.
        _clock.Ahead = TimeSpan.FromMinutes(11);
        await first.ExpectCloseAsync(4001);

        var second = await TestClient.OpenAsync(Server);
        await second.SettleAsync();
        _clock.Ahead += TimeSpan.FromSeconds(Server.Options.IdentifySeconds);
        await second.ExpectCloseAsync(4001);
        hold.Release();
        await (await ConnectAsync("ann")).CreateRoomAsync("r1");
    }

    private static TestCaseData Row(string callback, int logged, Func<CallbackFaultTests, Task> fail) => new TestCaseData(logged, fail).SetArgDisplayNames(callback);

    /// <summary>Takes a table away, makes a line of the log fail, and sends a request.</summary>
    private async Task<TestClient> BreakAsync(string? table, int failsOn, string request)
    {
        var unlucky = await ConnectAsync("unlucky");
        await unlucky.SettleAsync();
        _away = table;
        if (table is not null) Run($"ALTER TABLE {table} RENAME TO away");
        Server.Log.FailsOn = failsOn;
        await unlucky.SendAsync(request);
        return unlucky;
    }

    /// <summary>A connection in a room, with a cursor and typing there.</summary>
    private async Task<TestClient> EnterAsync()
    {
        var unlucky = await ConnectAsync("unlucky");
        await unlucky.EnterAsync("warm");
        await unlucky.MoveAsync("warm", 1);
        await unlucky.TypeAsync("warm");
        return unlucky;
    }

    /// <summary>A cursor is at a place that JSON has no word for.</summary>
    private async Task BreakCursorsAsync()
    {
        await Listener.EnterAsync("warm");
        await Talker.EnterAsync("warm");
        var unlucky = await EnterAsync();
        Server.Core.Entered.MoveCursor(UnluckyOnServer, "warm", double.NaN, 0).Should().BeNull();
        await Deadline.UntilAsync(() => Server.Log.Faults.Any(fault => fault.EventId == 5002), "the tick has failed");

        await Talker.MoveAsync("warm", 7);
        JsonElement told;
        do told = await Listener.NextAsync();
        while (told.Type() != "ROOM_CURSORS" || !told.Positions().Contains("talker 7,0"));
        await unlucky.CloseAsync();
    }

    /// <summary>A token that ends behind the end of time. Each round of housekeeping then fails for this connection, and has to do all else.</summary>
    private async Task BreakHousekeepingAsync()
    {
        var unlucky = await ConnectAsync("unlucky");
        await unlucky.SettleAsync();
        var strangers = new List<TestClient>();
        for (var i = 0; i < 10; i++) strangers.Add(await TestClient.OpenAsync(Server));
        foreach (var stranger in strangers) await stranger.SettleAsync();
        UnluckyOnServer.Identity = UnluckyOnServer.Identity! with { ExpiresAt = DateTimeOffset.MaxValue };

        _clock.Ahead = TimeSpan.FromSeconds(Server.Options.IdentifySeconds);
        foreach (var stranger in strangers) await stranger.ExpectCloseAsync(4001);
        await unlucky.SettleAsync();
        await unlucky.CloseAsync();
    }

    /// <summary>The clock of the machine, which a test can set ahead.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override long TimestampFrequency => System.TimestampFrequency;

        public override long GetTimestamp() => System.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);
    }
}
