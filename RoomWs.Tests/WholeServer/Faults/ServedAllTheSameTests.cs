using System.Diagnostics.Metrics;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Faults;

/// <summary>The database cannot be read, or a listener of the metrics throws.</summary>
[OneNode]
internal sealed class ServedAllTheSameTests : FaultTest
{
    /// <summary>Tables that can be away, what needs each of them, and how whoever asks for that is answered meanwhile.</summary>
    private static readonly object[] Missing =
    [
        Case("messages", "ROOM_HISTORY", "INTERNAL_ERROR", """{"type":"ROOM_HISTORY","roomId":"cold"}"""),
        Case("messages", "ROOM_ENTER", "INTERNAL_ERROR", """{"type":"ROOM_ENTER","roomId":"cold"}"""),
        Case("messages", "RESUME", "1011", """{"type":"RESUME","rooms":[{"roomId":"cold","afterSeq":0}]}"""),
        Case("users", "ROOM_MEMBERS", "INTERNAL_ERROR", """{"type":"ROOM_MEMBERS","roomId":"cold"}"""),
        Case("boards", "ROOM_BOARD_LIST", "INTERNAL_ERROR", """{"type":"ROOM_BOARD_LIST","roomId":"cold"}"""),
        Case("invites", "ROOM_INVITE_CREATE", "INTERNAL_ERROR", """{"type":"ROOM_INVITE_CREATE","roomId":"cold"}"""),
        Case("join_requests", "HELLO", "HELLO_ACK", """{"type":"HELLO","version":1}"""),
    ];

    [TestCaseSource(nameof(Missing))]
    public async Task A_table_that_cannot_be_read_is_the_fault_of_who_needs_it_alone(string table, string answer, JsonElement request)
    {
        await PrepareAsync();
        var unlucky = await ConnectAsync("unlucky");
        await unlucky.SettleAsync();
        Run($"ALTER TABLE {table} RENAME TO away");

        await unlucky.SendAsync(request);
        if (answer == "1011")
        {
            (await unlucky.ExpectAsync("RESYNC_START")).TryGetProperty("correlationId", out _).Should().BeFalse();
            await unlucky.ExpectCloseAsync(1011);
        }
        else
        {
            var reply = await unlucky.NextAsync();
            (reply.Code() ?? reply.Type()).Should().Be(answer);
            // One reply, and no second one.
            await unlucky.ExpectNothingAsync();
        }

        if (table != "messages") await TalkAsync();
        else await ChangeAsync();
        Run($"ALTER TABLE away RENAME TO {table}");

        await TalkAsync();
        var back = await ConnectAsync("unlucky");
        await back.SucceedAsync("ROOM_STATE", new { type = "ROOM_ENTER", roomId = "cold" });
    }

    [Test]
    public async Task Who_signs_in_while_nothing_can_be_read_of_users_is_let_go_and_nobody_else()
    {
        await PrepareAsync();
        Run("ALTER TABLE users RENAME TO away");

        await (await ConnectAsync("unlucky")).ExpectCloseAsync(1011);
        Server.Log.Faults.Select(fault => fault.EventId).Should().Equal(3008);
        await TalkAsync();
        Run("ALTER TABLE away RENAME TO users");

        await (await ConnectAsync("unlucky")).SettleAsync();
        await TalkAsync();
    }

    [Test]
    public async Task Presence_that_cannot_be_told_is_logged_and_the_next_is_told()
    {
        await Server.RestartAsync(options => options.Limits.PresenceMembers = 1_000);
        await PrepareAsync();
        await Talker.SettleAsync();
        Run("ALTER TABLE members RENAME TO away");
        await ConnectAsync("unlucky");
        await Deadline.UntilAsync(() => Server.Log.Faults.Any(fault => fault.EventId == 5001), "the presence could not be told");
        Run("ALTER TABLE away RENAME TO members");

        await (await ConnectAsync("dan")).SettleAsync();
        JsonElement told;
        do told = await Talker.NextAsync();
        while (told.Type() != "ROOM_PRESENCE" || told.Text("userId") != "dan");
        told.Text("status").Should().Be("ONLINE");
    }

    [Test]
    public async Task Listeners_of_the_metrics_that_throw_keep_nobody_from_anything()
    {
        await PrepareAsync();
        var meter = Server.Core.Metrics.Meter;
        using var listener = new MeterListener
        {
            // Other servers of this process have theirs.
            InstrumentPublished = (instrument, it) =>
            {
                if (ReferenceEquals(instrument.Meter, meter)) it.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("on purpose"));
        listener.SetMeasurementEventCallback<int>((_, _, _, _) => throw new InvalidOperationException("on purpose"));
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("on purpose"));
        listener.Start();

        await TalkAsync();
        await Talker.BeRefusedAsync("NOT_FOUND", new { type = "ROOM_INFO", roomId = "nowhere" });
        var guest = await ConnectAsync("guest");
        await guest.CloseAsync();
        await TalkAsync();

        Server.Log.Faults.Select(fault => fault.EventId).Should().Equal([8003], "it is logged, once");
    }

    private static TestCaseData Case(string table, string type, string answer, string request) =>
        new TestCaseData(table, answer, JsonSerializer.Deserialize<JsonElement>(request)).SetArgDisplayNames(table, type);
}
