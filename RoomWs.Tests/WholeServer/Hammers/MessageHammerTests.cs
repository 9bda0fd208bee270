using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hammers;

/// <summary>While four talk at once, every kind of listener ends with every message once and in order.</summary>
internal sealed class MessageHammerTests : EndToEndTest
{
    private const int Senders = 4;
    private const int MessagesOfEach = 250;
    private const int Total = Senders * MessagesOfEach;
    private const int Listeners = 20;
    private const int Interruptions = 10;

    private static readonly IEnumerable<long> All = Enumerable.Range(1, Total).Select(seq => (long)seq);

    [Test]
    public async Task Every_listener_and_every_sender_has_each_message_once_and_in_order()
    {
        var senders = await MembersAsync("sender", Senders);
        var listeners = await MembersAsync("listener", Listeners);

        var readers = listeners.Concat(senders).Select(client => (Client: client, Reader: new RoomReader("r1"))).ToList();
        var reading = Task.WhenAll(readers.Select(one => one.Reader.ReadUntilAsync(one.Client, Total)));
        await Task.WhenAll(senders.Select(TalkAsync));
        await reading;

        foreach (var (client, reader) in readers)
        {
            // On a sender's socket the replies stand in for its own messages, in their place.
            reader.Seqs.Should().Equal(All);
            await client.ExpectNothingAsync();
        }
    }

    [Test]
    public async Task Listeners_that_lose_their_connection_again_and_again_and_resume_have_each_message_once_and_in_order()
    {
        var senders = await MembersAsync("sender", Senders);
        var users = Enumerable.Range(0, 6).Select(i => $"listener{i}").ToList();
        foreach (var client in await MembersAsync("listener", users.Count)) await client.CloseAsync();

        var talking = TalkInTurnsAsync(senders);
        var readers = await Task.WhenAll(users.Select((user, i) => ListenInPiecesAsync(user, says: i % 2 == 0)));
        await talking;

        foreach (var reader in readers)
        {
            reader.Seqs.Should().Equal(All);
            reader.Resumes.Should().Be(Interruptions + 1);
        }
    }

    [Test]
    public async Task A_resume_on_a_socket_that_messages_keep_coming_to_leaves_each_message_once_and_in_order()
    {
        var senders = await MembersAsync("sender", Senders);
        var listeners = await MembersAsync("listener", 6);

        var talking = TalkInTurnsAsync(senders);
        var readers = await Task.WhenAll(listeners.Select(async listener =>
        {
            var reader = new RoomReader("r1");
            for (var part = 1; part <= Interruptions; part++)
            {
                await reader.ResumeAsync(listener);
                await reader.ReadUntilAsync(listener, Total * part / Interruptions);
            }

            return reader;
        }));
        await talking;

        foreach (var reader in readers)
        {
            reader.Seqs.Should().Equal(All);
            reader.Resumes.Should().Be(Interruptions);
        }
    }

    private async Task<RoomReader> ListenInPiecesAsync(string user, bool says)
    {
        var reader = new RoomReader("r1");
        for (var part = 1; part <= Interruptions + 1; part++)
        {
            var client = await ConnectAsync(user);
            await reader.ResumeAsync(client);
            await reader.ReadUntilAsync(client, Total * part / (Interruptions + 1));
            if (says) await client.CloseAsync();
            else client.Dispose();
        }

        return reader;
    }

    private static async Task TalkAsync(TestClient sender)
    {
        for (var i = 0; i < MessagesOfEach; i++) await sender.SendAsync("""{"type":"ROOM_MESSAGE","roomId":"r1","content":"x"}""");
    }

    /// <summary>Sends a few ahead of the replies, so that the talk lasts as long as the listeners need it to.</summary>
    private static Task TalkInTurnsAsync(TestClient[] senders) => Task.WhenAll(senders.Select(async sender =>
    {
        for (var i = 0; i < MessagesOfEach; i++)
        {
            var reply = await sender.SendRequestAsync(new { type = "ROOM_MESSAGE", roomId = "r1", content = "x" });
            await sender.ReplyAsync(reply);
        }
    }));

    private async Task<TestClient[]> MembersAsync(string name, int count)
    {
        var users = Enumerable.Range(0, count).Select(i => $"{name}{i}").ToArray();
        var owner = await ConnectAsync("owner");
        var there = await owner.RequestAsync(new { type = "ROOM_CREATE", roomId = "r1", memberIds = users });
        if (there.Code() is not null) await owner.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_ADD_MEMBERS", roomId = "r1", userIds = users });
        await owner.CloseAsync();
        return await Task.WhenAll(users.Select(ConnectAsync));
    }
}
