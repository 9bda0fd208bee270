using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Fanout;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>What a reply says of who is online has its place among the events: it says what was told last, or what is told next, and never what was before.</summary>
internal sealed class PresenceOrderTests : EndToEndTest
{
    /// <summary>On PostgreSQL each coming and going waits for a write that comes ten times a second.</summary>
    private static readonly int Rounds = PostgresDatabase.IsGiven ? 20 : 150;

    private readonly ManualTimeProvider _time = new();

    /// <summary>Held while somebody connects, because that has a time limit by the same clock.</summary>
    private readonly SemaphoreSlim _clock = new(1);

    protected override TimeProvider Time => _time;

    protected override void Configure(RoomWsOptions options) => options.Limits.PresenceMembers = 1_000;

    [OneTimeTearDown]
    public void DisposeClock() => _clock.Dispose();

    [TestCase("ROOM_ENTER", "members")]
    [TestCase("ROOM_MEMBERS", "memberDetails")]
    public async Task No_reply_shows_a_presence_that_is_older_than_what_was_told_before_it(string request, string list)
    {
        var watcher = await ConnectAsync("watcher");
        await watcher.CreateRoomAsync("r", members: ["ben", "cat"]);
        var coming = Task.WhenAll(ComeAndGoAsync("ben"), ComeAndGoAsync("cat"));
        while (!coming.IsCompleted)
        {
            await watcher.SendRequestAsync(new { type = request, roomId = "r" });
            await watcher.SendRequestAsync(new { type = request, roomId = "r" });
            await watcher.RequestAsync(new { type = "PING" });
            // Ends the grace of whoever is away.
            await _clock.WaitAsync();
            _time.Advance(Presence.Grace);
            _clock.Release();
        }

        await coming;
        var seen = new SeenPresence();
        foreach (var frame in watcher.Received) seen.Take(frame, list);
        seen.Events.Should().BeGreaterThan(Rounds / 2);
        seen.Replies.Should().BeGreaterThan(Rounds / 10);
    }

    private async Task ComeAndGoAsync(string userId)
    {
        for (var i = 0; i < Rounds; i++)
        {
            await _clock.WaitAsync();
            var client = await ConnectAsync(userId);
            _clock.Release();
            await client.RequestAsync(new { type = "PING" });
            await Server.UntilWrittenAsync(userId, isOnline: true);
            await client.CloseAsync();
            client.Dispose();
            await Server.UntilWrittenAsync(userId, isOnline: false);
        }
    }

    private sealed class SeenPresence
    {
        private readonly Dictionary<string, string> _told = [];

        /// <summary>Where a reply said something else than was told, which then must come next.</summary>
        private readonly Dictionary<string, string> _promised = [];

        public int Events { get; private set; }

        public int Replies { get; private set; }

        public void Take(JsonElement frame, string list)
        {
            switch (frame.Type())
            {
                case "ROOM_PRESENCE":
                    Events++;
                    var userId = frame.Text("userId");
                    if (_promised.Remove(userId, out var promised)) frame.Text("status").Should().Be(promised, "a reply before it said so");
                    _told[userId] = frame.Text("status");
                    break;
                case "ROOM_STATE" or "ROOM_CREATED" when frame.TryGetProperty(list, out var members):
                    Replies++;
                    foreach (var member in members.EnumerateArray().Where(member => member.Text("userId") != "watcher")) Compare(member);
                    break;
            }
        }

        private void Compare(JsonElement member)
        {
            var (userId, shown) = (member.Text("userId"), member.GetProperty("online").GetBoolean() ? "ONLINE" : "OFFLINE");
            var told = _told.GetValueOrDefault(userId, "OFFLINE");
            if (shown != told) _promised[userId] = shown;
            else _promised.Should().NotContainKey(userId, "another reply before it said otherwise");
        }
    }
}
