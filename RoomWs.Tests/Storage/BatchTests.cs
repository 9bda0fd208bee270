using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

/// <summary>What a batch of several changes leaves in the file, be some of them undone, refused by the tables, or about the same rows.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BatchTests : IDisposable
{
    private readonly KernelDatabase _database = new();
    private readonly KernelSink _sink = new();
    private readonly KernelWriter _writer;

    public BatchTests() => _writer = new KernelWriter(_database, _sink);

    public void Dispose()
    {
        _writer.Dispose();
        _database.Dispose();
    }

    [Test]
    public async Task A_row_that_many_changes_touch_is_written_once_with_all_of_them()
    {
        _database.AddRoom("r", "ann");
        var before = await WrittenAsync();
        using (var hold = await _writer.HoldAsync())
        {
            for (var i = 0; i < 50; i++) _writer.Enqueue(write => write.Rooms.MembersChanged("r", 1, 7));
        }

        await DoneAsync();
        (await WrittenAsync() - before).Should().Be(2, "the room and the head");
        Rows("SELECT version || ' ' || member_count FROM rooms").Should().Equal("51 51");
    }

    [Test]
    public async Task A_change_that_fails_takes_back_its_own_part_alone_of_every_kind_of_row()
    {
        _database.AddRoom("r", "ann", "ben");
        var before = All();
        using (var hold = await _writer.HoldAsync())
        {
            _writer.Enqueue(write => write.Rooms.MembersChanged("r", 0, 7));
            _writer.Enqueue(write =>
            {
                Change(write);
                throw new InvalidOperationException("on purpose");
            });
            _writer.Enqueue(write => write.Rooms.MembersChanged("r", 0, 8));
        }

        await DoneAsync();
        All().Should().Equal(before.Select(row => row.Replace("rooms 1 r 1 0", "rooms 1 r 3 8", StringComparison.Ordinal)));
    }

    [Test]
    public async Task What_all_kinds_of_changes_leave_is_read_again_as_it_was_decided()
    {
        _database.AddRoom("r", "ann", "ben");
        await _writer.Enqueue(Change).Ended.OrFailAsync("the change");
        await _writer.Enqueue(write =>
        {
            write.Members.Role("r", "ben").Should().Be(RoomRole.Admin);
            write.Members.Role("r", "cat").Should().Be(RoomRole.Member);
            write.JoinRequests.Count("r").Should().Be(1);
            write.JoinRequests.Find("r", "dan")!.RequestId.Should().Be("request_1");
            write.JoinRequests.DeniedAt("r", "eve").Should().Be(5);
            write.Boards.Find("r", "b")!.Should().BeEquivalentTo(new { Seq = 1L, Bytes = 2L, SnapshotSeq = 1L, SnapshotBytes = 2L });
            write.Boards.Count("r").Should().Be(1);
            write.Messages.FindByClientId("r", "ann", "c")!.Seq.Should().Be(1);
            write.Users.NameOf("ann").Should().Be("Ann");
            write.Invites.Live("r", now: 10, countTo: 5).Should().Be(1);
            write.Idempotency.Find("ann", "k", 6)!.ReplyType.Should().Be("T");
            write.Rooms.FindIdBySlug("slug").Should().Be("r");
        }).Ended.OrFailAsync("the look").ContinueWith(look => look.Result.Should().BeNull(), TaskScheduler.Default);
    }

    [Test]
    public async Task What_the_tables_refuse_is_one_change_s_and_the_others_of_its_batch_are_stored()
    {
        _database.AddRoom("r", "ann");
        KernelJob refused, first, last;
        using (var hold = await _writer.HoldAsync())
        {
            first = _writer.Enqueue(write => write.Users.Save(new UserRow { Id = "ann", Username = "Ann" }, 1));
            // By nobody, which is found when the batch is written.
            refused = _writer.Enqueue(write => write.Rows.Audit.Add(new AddedAudit(1, "r", 0, null!, "CHANGE", null, null, null)));
            last = _writer.Enqueue(write => write.Users.Save(new UserRow { Id = "ben", Username = "Ben" }, 1));
        }

        (await refused.Ended.OrFailAsync("the refused one")).Should().NotBeNull().And.NotBeOfType<StorageException>();
        (await first.Ended.OrFailAsync("the first")).Should().BeNull();
        (await last.Ended.OrFailAsync("the last")).Should().BeNull();
        Rows("SELECT username FROM users ORDER BY id").Should().Equal("Ann", "Ben");
        _writer.Log.Faults.Select(fault => fault.EventId).Should().Equal(1001);
    }

    [Test]
    public async Task After_a_turn_that_reads_what_is_stored_a_change_that_fails_undoes_nobody_else()
    {
        _database.AddRoom("r", "ann");
        KernelJob failing;
        string? read = null;
        using (var hold = await _writer.HoldAsync())
        {
            _writer.Enqueue(write => write.Users.Save(new UserRow { Id = "ann", Username = "Ann" }, 1));
            _writer.Enqueue(write => read = write.Read(stored => stored.Users.Find("ann"))!.Username);
            failing = _writer.Enqueue(_ => throw new InvalidOperationException("on purpose"));
            _writer.Enqueue(write => write.Users.Save(new UserRow { Id = "ben", Username = "Ben" }, 1));
        }

        (await failing.Ended.OrFailAsync("the failing one")).Should().BeOfType<InvalidOperationException>();
        await DoneAsync();
        read.Should().Be("Ann");
        Rows("SELECT username FROM users ORDER BY id").Should().Equal("Ann", "Ben");
    }

    [Test]
    public async Task Slugs_that_two_rooms_swap_in_one_batch_are_swapped()
    {
        foreach (var roomId in new[] { "a", "b" })
        {
            _database.AddRoom(roomId, "ann");
            await _writer.Enqueue(write => Name(write, roomId, "slug-" + roomId)).Ended.OrFailAsync("the slug");
        }

        using (var hold = await _writer.HoldAsync())
        {
            _writer.Enqueue(write => Name(write, "a", null));
            _writer.Enqueue(write => Name(write, "b", "slug-a"));
            _writer.Enqueue(write => Name(write, "a", "slug-b"));
        }

        await DoneAsync();
        Rows("SELECT id || ' ' || slug FROM rooms ORDER BY id").Should().Equal("a slug-b", "b slug-a");
    }

    [Test]
    public async Task The_feed_has_a_row_a_batch_in_the_order_of_commits_and_nothing_of_what_was_undone()
    {
        var room = _database.AddRoom("r", "ann");
        for (var batch = 0; batch < 2; batch++)
        {
            using var hold = await _writer.HoldAsync();
            _writer.Enqueue(write =>
            {
                write.Feed.Add("UNDONE", "ann", new RoomChange("r", room));
                throw new InvalidOperationException("on purpose");
            });
            _writer.Enqueue(write => write.Feed.Add("SAY", "ann", new RoomChange("r", room) { Seq = 4 }));
            _writer.Enqueue(write => write.Feed.Add("END", "ben", new RoomChange("r", null)));
        }

        await DoneAsync();
        var positions = Rows("SELECT position FROM feed ORDER BY position").Select(long.Parse).ToList();
        positions.Should().HaveCount(2);
        positions[1].Should().Be(positions[0] + 1);
        Rows("SELECT position FROM head").Should().Equal(FormattableString.Invariant($"{positions[1]}"));
        using var body = JsonDocument.Parse(Rows("SELECT CAST(body AS TEXT) FROM feed LIMIT 1").Single());
        body.RootElement.GetProperty("format").GetInt32().Should().Be(1);
        body.RootElement.GetProperty("changes").EnumerateArray().Select(change => change.GetRawText()).Should().Equal(
            $$"""{"type":"SAY","room":"r","epoch":"{{room.Epoch}}","version":1,"user":"ann","seq":4}""",
            """{"type":"END","room":"r","user":"ben"}""");
    }

    /// <summary>Ends when all that was enqueued is done.</summary>
    private async Task DoneAsync() => await _writer.Enqueue(_ => { }).Ended.OrFailAsync("the changes");

    private async Task<long> WrittenAsync()
    {
        var written = -1L;
        await _writer.Enqueue(_ => written = _database.Store.WrittenRows).Ended.OrFailAsync("the look");
        return written;
    }

    private static void Name(WriteScope write, string roomId, string? slug) => write.Rooms.UpdateMeta(roomId, new() { Slug = slug }, 1);

    /// <summary>Something of every table.</summary>
    private static void Change(WriteScope write)
    {
        write.Members.SetRole("r", "ben", RoomRole.Admin);
        write.Members.Add("r", [new Member("cat", RoomRole.Member, 3)], areAdded: true);
        write.Rooms.MembersChanged("r", 1, 3);
        write.Rooms.UpdateMeta("r", new() { Name = "new", Slug = "slug" }, 3);
        write.JoinRequests.Add(new PendingRequest { RoomId = "r", RequestId = "request_1", UserId = "dan", Username = "Dan", At = 4 });
        write.JoinRequests.Deny("r", "eve", 5);
        write.Users.Save(new UserRow { Id = "ann", Username = "Ann" }, 5);
        write.Messages.Add(new() { RoomId = "r", RoomMessageId = "m", Seq = write.Messages.NextSeq("r"), SenderId = "ann", Username = "Ann", Content = "\0 said", MessageType = "text", ClientMessageId = "c", Timestamp = 5 });
        write.Boards.Add("r", new() { BoardId = "b", Epoch = "e", Name = "b", Seq = 0, CreatedBy = "ann", CreatedAt = 5 });
        write.Boards.AddUpdate("r", "b", "ann", "xx", 2, 0);
        write.Boards.SaveSnapshot("r", "b", 1, "snapshot");
        write.Invites.Add(new StoredInvite { InviteId = "i", RoomNumber = write.Rooms.Known("r").Number, RoomId = "r", CodeHash = [1, 2], CreatedBy = "ann", CreatedAt = 5, ExpiresAt = 50 });
        write.Idempotency.Save("ann", "k", new IdempotencyRow { Fingerprint = [1], ReplyType = "T", Reply = [2] }, 5);
        write.Rows.Audit.Add(new AddedAudit(1, "r", 5, "ann", "CHANGE", 2, ["ben"], "detail"));
        write.Rooms.Insert(new StoredRoom { Id = "other", Epoch = "e", Name = "other", CreatedBy = "ann", Version = 1, MemberCount = 0 });
        write.Rooms.Delete("other");
    }

    private List<string> All() =>
    [
        .. Rows("SELECT 'rooms ' || number || ' ' || id || ' ' || version || ' ' || updated_at || ' ' || member_count || ' ' || COALESCE(slug, '-') || ' ' || message_seq || ' ' || board_count || ' ' || join_request_count FROM rooms"),
        .. Rows("SELECT 'members ' || user_id || ' ' || role FROM members ORDER BY user_id"),
        .. new[] { "join_requests", "join_denials", "users", "messages", "boards", "board_updates", "invites", "idempotency", "audit", "remains", "feed" }.SelectMany(table => Rows($"SELECT '{table} ' || COUNT(*) FROM {table}")),
        .. Rows("SELECT 'head ' || next_number || ' ' || room_count FROM head"),
    ];

    private List<string> Rows(string sql)
    {
        using var file = SqlRows.Open(_database.Path);
        return file.Rows(sql, row => row.GetValue(0).ToString()!);
    }
}
