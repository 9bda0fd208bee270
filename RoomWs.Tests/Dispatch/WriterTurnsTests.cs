using System.Globalization;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>One user asks for as much as it may. What another asks for in another room is done among the first of that, not behind all of it.</summary>
[OneNode]
internal sealed class WriterTurnsTests : EndToEndTest
{
    private const int Requests = 40;

    private static readonly string[] Crowd = [.. Enumerable.Range(0, 598).Select(i => string.Create(CultureInfo.InvariantCulture, $"u{i}"))];

    [TestCase("one connection")]
    [TestCase("two connections")]
    public async Task A_quiet_user_takes_its_turn(string from)
    {
        var loud = await ConnectAsync("loud");
        var other = from == "two connections" ? await ConnectAsync("loud") : loud;
        var quiet = await ConnectAsync("quiet");
        var witness = await ConnectAsync("watcher");
        await loud.CreateRoomAsync("big", members: ["watcher", .. Crowd]);
        await quiet.CreateRoomAsync("calm", members: ["watcher"]);
        await MembershipSteps.SettleAsync(witness, quiet, other);
        var hold = await WriterHold.StartAsync(Server, loud, other, quiet);

        for (var i = 1; i <= Requests; i++)
        {
            var sender = i % 2 == 0 ? loud : other;
            var add = new { type = "ROOM_ADD_MEMBERS", roomId = "big", userIds = (string[])[.. Crowd, string.Create(CultureInfo.InvariantCulture, $"new{i}")] };
            if (i < Requests - 1) await sender.SendAsync(add);
            else await hold.AskAsync(sender, add);
        }

        await hold.AskAsync(quiet, new { type = "ROOM_MESSAGE", roomId = "calm", content = "hello" });
        hold.Release();

        var version = 1L;
        while (true)
        {
            var frame = await witness.NextAsync();
            if (frame.Type() == "ROOM_MESSAGE") break;
            version = frame.Version();
        }

        version.Should().BeLessThan(1 + 8, "a batch holds few requests that name so many, and the next one begins with whoever has not had a turn");
        while (version < 1 + Requests) version = (await witness.ExpectAsync("ROOM_MEMBERS_UPDATED")).Version();
    }
}
