using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Server.Fanout;
using RoomWs.Server.Features.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Transport;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Members;

/// <summary>The list of a large room is made and encoded once, for as long as a new one would say the same.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class MemberListsTests : IDisposable
{
    private static readonly string[] Crowd = [.. Enumerable.Range(0, 150).Select(i => FormattableString.Invariant($"u{i}"))];

    private readonly KernelFanout _fanout = new();
    private readonly KernelWriter _writer;
    private readonly Presence _presence;
    private readonly UserNames _names = new();
    private readonly MemberLists _lists;
    private readonly RoomSnapshot _room;

    public MemberListsTests()
    {
        _room = _fanout.AddRoom("r", Crowd);
        _writer = new KernelWriter(_fanout.Database, new KernelSink(), _fanout.Rooms, _fanout.Time);
        var inbox = new PresenceInbox(skipsPairs: false);
        var teller = new PresenceTeller(inbox, new ShownUsers(), _fanout.Rooms, _fanout.Members, _fanout.Connections, _fanout.Database.Reads, _writer.Queue, new LimitOptions(), _fanout.Time, NullLogger<PresenceTeller>.Instance);
        _presence = new Presence(teller, new LonePresence(inbox, _writer.Queue), new ComingClients(static () => 0, _fanout.Time), _fanout.Alarms, _fanout.Time);
        _lists = new MemberLists(_names, _presence, _fanout.Time);
    }

    public void Dispose()
    {
        _presence.Dispose();
        _writer.Dispose();
        _fanout.Dispose();
    }

    [Test]
    public void Who_asks_next_gets_the_same_encoding_and_nothing_is_read()
    {
        var first = _lists.Show(_lists.Of(_room, _fanout.Database.Reads), "u1");
        _fanout.Database.MakeUnreadable();

        _lists.Show(_lists.Of(_room, _fanout.Database.Reads), "u1").Should().BeSameAs(first);
    }

    [Test]
    public void Whoever_is_shown_somebody_else_online_gets_a_list_of_its_own()
    {
        var list = _lists.Of(_room, _fanout.Database.Reads);
        var toFirst = Text(_lists.Show(list, "u1"));
        var toOther = Text(_lists.Show(list, "u2"));

        toFirst.Should().Contain("\"userId\":\"u1\",\"username\":\"u1\",\"thumbnailUrl\":null,\"role\":\"MEMBER\",\"joinedAt\":0,\"online\":true");
        toOther.Should().Contain("\"userId\":\"u1\",\"username\":\"u1\",\"thumbnailUrl\":null,\"role\":\"MEMBER\",\"joinedAt\":0,\"online\":false");
    }

    [Test]
    public async Task A_presence_that_is_told_is_in_the_next_list()
    {
        var ann = _fanout.Connect("u0");
        var before = Text(_lists.Show(_lists.Of(_room, _fanout.Database.Reads), "u0"));
        _presence.Came("u7", "u7");
        await ann.NextAsync();

        var after = Text(_lists.Show(_lists.Of(_room, _fanout.Database.Reads), "u0"));
        before.Split("\"online\":true").Should().HaveCount(2);
        after.Split("\"online\":true").Should().HaveCount(3);
    }

    [Test]
    public async Task A_name_that_is_stored_is_in_the_next_list_and_not_before_the_commit()
    {
        var before = _lists.Of(_room, _fanout.Database.Reads);
        MemberList? during = null, afterCommit = null;
        await _writer.Queue.RunAsync(
            write =>
            {
                _names.Save(Named("u3", "Three"), write);
                during = _lists.Of(_room, _fanout.Database.Reads);
            },
            committed: () =>
            {
                // Others can read the name here, and nobody has been told of it.
                afterCommit = _lists.Of(_room, _fanout.Database.Reads);
                _names.Saved();
            }).OrFailAsync("the sign-in");

        var after = _lists.Of(_room, _fanout.Database.Reads);
        during.Should().NotBeSameAs(before);
        Text(_lists.Show(during!, "u1")).Should().NotContain("Three");
        Text(_lists.Show(afterCommit!, "u1")).Should().Contain("Three");
        Text(_lists.Show(after, "u1")).Should().Contain("Three");
        _lists.Of(_room, _fanout.Database.Reads).Should().BeSameAs(after);
    }

    [Test]
    public async Task A_name_that_could_not_be_stored_leaves_lists_to_be_kept()
    {
        (await _writer.Queue.RunAsync(
            write =>
            {
                _names.Save(Named("u3", "Three"), write);
                throw new InvalidOperationException("on purpose");
            },
            committed: _names.Saved).OrFailAsync("the sign-in")).Should().BeFalse();

        var list = _lists.Of(_room, _fanout.Database.Reads);
        Text(_lists.Show(list, "u1")).Should().NotContain("Three");
        _lists.Of(_room, _fanout.Database.Reads).Should().BeSameAs(list);
    }

    [Test]
    public void Another_version_of_the_room_has_a_list_of_its_own()
    {
        var list = _lists.Of(_room, _fanout.Database.Reads);
        _fanout.Database.Run("UPDATE rooms SET version = 2, name = 'new' WHERE id = 'r'");
        var renamed = _room.WithMeta(_room.Meta with { Name = "new" }, newVersion: 2, at: 0);

        Text(_lists.Show(_lists.Of(renamed, _fanout.Database.Reads), "u1")).Should().Contain("\"name\":\"new\"");
        _lists.Of(renamed, _fanout.Database.Reads).Should().NotBeSameAs(list);
    }

    [Test]
    public void Names_of_a_later_version_are_not_kept()
    {
        _fanout.Database.Run("UPDATE rooms SET version = 2 WHERE id = 'r'");

        _lists.Of(_room, _fanout.Database.Reads).Should().NotBeSameAs(_lists.Of(_room, _fanout.Database.Reads));
    }

    [Test]
    public void A_list_that_nobody_asks_for_is_dropped()
    {
        var list = _lists.Of(_room, _fanout.Database.Reads);
        _fanout.Time.Advance(TimeSpan.FromSeconds(59));
        _lists.DropUnused();
        _lists.Of(_room, _fanout.Database.Reads).Should().BeSameAs(list);
        _fanout.Time.Advance(TimeSpan.FromSeconds(60));
        _lists.DropUnused();

        _lists.Of(_room, _fanout.Database.Reads).Should().NotBeSameAs(list);
    }

    [Test]
    public void A_short_list_is_not_kept()
    {
        var small = _fanout.AddRoom("small", Crowd[..99]);

        _lists.Of(small, _fanout.Database.Reads).Should().NotBeSameAs(_lists.Of(small, _fanout.Database.Reads));
    }

    private static UserRow Named(string id, string username) => new() { Id = id, Username = username };

    private static string Text(Server.Wire.OutboundMessage message) => System.Text.Encoding.UTF8.GetString(message.Body);
}
