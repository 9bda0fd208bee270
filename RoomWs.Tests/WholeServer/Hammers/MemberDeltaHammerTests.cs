using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hammers;

/// <summary>Changes and reads from all sides at once: every client that keeps its list as protocol.md says ends with the server's.</summary>
internal sealed class MemberDeltaHammerTests : EndToEndTest
{
    private const int Admins = 6;
    private const int Walkers = 4;
    private const int ChangesOfEach = 120;
    private const string End = "the end";

    [Test]
    public async Task Under_changes_from_all_sides_no_client_misses_one_and_all_end_with_the_same_list()
    {
        var owner = await ConnectAsync("owner");
        var names = Enumerable.Range(0, Admins).Select(i => $"admin{i}").ToArray();
        await owner.CreateRoomAsync("r1", members: ["listener"], admins: names);
        // One admin of three takes whole lists, and so is no follower, but a source of changes as good as any.
        var admins = await Task.WhenAll(names.Select((name, i) => i % 3 == 0 ? ConnectAsync(name) : Server.ConnectWithDeltasAsync(name)));
        var walkers = await Task.WhenAll(Enumerable.Range(0, Walkers).Select(i => Server.ConnectWithDeltasAsync($"walker{i}")));
        TestClient[] followers = [await Server.ConnectWithDeltasAsync("listener"), .. admins.Where((_, i) => i % 3 != 0)];
        var start = await owner.RoomAsync("r1");

        var following = followers.Select(follower => FollowAsync(follower, start)).ToArray();
        var reading = admins.Where((_, i) => i % 3 == 0).Select(admin => ReadAllAsync(admin, Admins + 1)).ToArray();
        await Task.WhenAll([.. admins.Select(ChangeAsync), .. walkers.Select(WalkAsync)]);
        await EndAsync(owner);
        await Task.WhenAll(reading);

        var room = await owner.RoomAsync("r1");
        foreach (var kept in await Task.WhenAll(following))
        {
            kept.Version.Should().Be(room.Version());
            kept.ToString().Should().Be(room.Roster());
        }
    }

    [Test]
    public async Task A_client_that_begins_and_ends_to_take_deltas_all_the_while_misses_nothing()
    {
        var (owner, switcher) = (await ConnectAsync("owner"), await ConnectAsync("switcher"));
        await owner.CreateRoomAsync("r1", members: ["switcher"], admins: ["admin"]);
        var admin = await ConnectAsync("admin");
        var kept = new KeptRoster(await owner.RoomAsync("r1"));
        await switcher.TakeAllAsync();

        var reading = ReadAllAsync(admin, ends: 1);
        var changing = ChangeAsync(admin, 0);
        var ended = false;
        for (var n = 0; !ended; n++)
        {
            await switcher.RequestAsync(new { type = "HELLO", version = 1, userId = "switcher", capabilities = n % 2 == 0 ? new[] { "MEMBER_DELTAS" } : [] });
            while (switcher.Received.Count > 0)
            {
                var frame = await switcher.NextAsync();
                ended |= IsEnd(frame);
                if (frame.Type() == "ROOM_MEMBERS_CHANGED")
                {
                    Take(frame, kept);
                }
                else if (frame.Type() is "ROOM_MEMBERS_UPDATED" or "ROOM_UPDATED")
                {
                    // A whole list may have been left out for a newer one that is still to come.
                    frame.Version().Should().BeGreaterThan(kept.Version);
                    kept = frame.Has("members") ? new KeptRoster(frame) : new KeptRoster(kept.ToString(), frame.Version());
                }
            }
        }

        await Task.WhenAll(reading, changing);
        kept.ToString().Should().Be((await owner.RoomAsync("r1")).Roster());
    }

    /// <summary>Users who come and go, change their role, and the room its name; and reads, whose replies have their place among the changes.</summary>
    private static async Task ChangeAsync(TestClient admin, int index)
    {
        for (var n = 0; n < ChangesOfEach; n++)
        {
            var userId = $"guest{index}-{n / 3 % 7}";
            object request = (n % 6) switch
            {
                0 or 3 => new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = new[] { userId, $"shared{n % 5}" } },
                1 => new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId = $"shared{n % 4}" },
                2 => new { type = "ROOM_INFO", roomId = "r1" },
                4 => new { type = "ROOM_REMOVE_MEMBER", roomId = "r1", userId },
                _ => new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = $"{index}-{n}" } },
            };
            await admin.SendAsync(request);
        }

        await EndAsync(admin);
    }

    /// <summary>Sends the last of a client's changes, by which all know that they have heard of its others.</summary>
    private static Task EndAsync(TestClient client) => client.SendAsync(new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { name = End } });

    private static async Task WalkAsync(TestClient walker)
    {
        KeptRoster? kept = null;
        for (var n = 0; n < ChangesOfEach / 4; n++)
        {
            var joined = await walker.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_JOIN", roomId = "r1" });
            while (walker.Received.Count > 0) await walker.NextAsync();
            kept = new KeptRoster(joined.Room());
            var left = await walker.SendRequestAsync(new { type = "ROOM_LEAVE", roomId = "r1" });
            await walker.ReplyAsync(left);
            while (walker.Received.Count > 0) Take(await walker.NextAsync(), kept);
        }
    }

    private static async Task<KeptRoster> FollowAsync(TestClient follower, JsonElement start)
    {
        var kept = new KeptRoster(start);
        for (var ends = 0; ends <= Admins;)
        {
            var frame = await follower.NextAsync();
            Take(frame, kept);
            if (IsEnd(frame)) ends++;
        }

        return kept;
    }

    private static async Task ReadAllAsync(TestClient client, int ends)
    {
        while (ends > 0)
        {
            if (IsEnd(await client.NextAsync())) ends--;
        }
    }

    private static void Take(JsonElement frame, KeptRoster kept)
    {
        switch (frame.Type())
        {
            case "ROOM_MEMBERS_CHANGED":
                frame.Number("fromVersion").Should().Be(kept.Version, "nothing is missing and nothing comes twice: {0}", frame.GetRawText());
                kept.Take(frame).Should().BeTrue();
                break;
            case "ROOM_UPDATED":
                frame.Version().Should().Be(kept.Version + 1, "nothing is missing and nothing comes twice: {0}", frame.GetRawText());
                kept.TakeMeta(frame).Should().BeTrue();
                break;
            case "ROOM_CREATED":
                frame.Room().Version().Should().Be(kept.Version, "what led to it has come before it");
                frame.Room().Roster().Should().Be(kept.ToString());
                break;
        }
    }

    private static bool IsEnd(JsonElement frame) => frame.Type() == "ROOM_UPDATED" && frame.GetProperty("patch").Text("name") == End;
}
