using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

/// <summary>Where a room is not to be read, its members are gone or others; so whoever reads it would tell the other thing.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BatchSnapshotsTests : IDisposable
{
    private readonly KernelDatabase _database = new();
    private readonly Committed _committed = new();
    private readonly WriteScope _write;
    private readonly BatchSnapshots _snapshots;

    public BatchSnapshotsTests()
    {
        _write = new WriteScope(_database.Store, new Repositories(_database.Writer, SqliteDialect.Instance), _committed, static () => { }, new ManualTimeProvider());
        _snapshots = _write.Snapshots;
    }

    public void Dispose() => _database.Dispose();

    [Test]
    public void A_room_in_memory_is_not_read()
    {
        _committed.Room = AddRoom("r", "ann", "ben");
        Forget("r");

        _snapshots.At("r", 1).Should().BeSameAs(_committed.Room);
        var joined = Join("r", "cat");
        (joined.Version, joined.UpdatedAt).Should().Be((2, 7));
        joined.MemberIds.Should().Equal("ann", "ben", "cat");
    }

    [Test]
    public void Changes_of_a_batch_build_on_each_other_though_nobody_else_knows_of_them()
    {
        _committed.Room = AddRoom("r", "ann");
        Forget("r");

        Join("r", "ben");
        Rename("new", _write);
        _write.Members.Remove("r", "ann");
        _write.Members.SetRole("r", "ben", RoomRole.Owner);
        var last = _snapshots.Change("r", _write.Rooms.MembersChanged("r", -1, 3), MemberChange.Ended("ann", "ben"), at: 3);

        last.MemberIds.Should().Equal("ben");
        last.RoleOf("ben").Should().Be(RoomRole.Owner);
        last.Meta.Name.Should().Be("new");
        _snapshots.At("r", 4).Should().BeSameAs(last);
        _committed.Room.Version.Should().Be(1);
    }

    [Test]
    public void What_the_batch_has_changed_is_named_before_the_commit_and_until_it_is_told_and_what_it_only_looked_at_is_not()
    {
        foreach (var roomId in new[] { "changed", "undone", "seen" }) AddRoom(roomId, "ann");
        _snapshots.Commit();
        _committed.Untold.Should().BeNull("nothing has changed");

        _snapshots.At("seen", 1);
        _write.BeginJob();
        Join("undone", "ben");
        _write.UndoJob(cause => throw cause);
        Join("changed", "ben");
        _snapshots.Commit();
        _committed.Untold.Should().BeEquivalentTo("changed", "undone");

        _snapshots.Clear();
        _committed.Untold.Should().BeNull();
    }

    [Test]
    public void What_was_named_once_does_not_change_any_more()
    {
        foreach (var roomId in new[] { "first", "second" }) AddRoom(roomId, "ann");
        Join("first", "ben");
        _snapshots.Commit();
        var named = _committed.Untold;

        Join("second", "ben");
        named.Should().BeEquivalentTo("first");
        _snapshots.Commit();
        _committed.Untold.Should().BeEquivalentTo("first", "second");
    }

    [Test]
    public void A_cold_room_is_read_once_for_a_whole_batch()
    {
        AddRoom("r", "ann");
        var read = _snapshots.At("r", 1);
        Forget("r");

        _snapshots.At("r", 1).Should().BeSameAs(read);
        Join("r", "ben").MemberIds.Should().Equal("ann", "ben");
    }

    [Test]
    public void A_cold_room_is_read_as_it_was_before_its_first_change_and_tells_of_the_change()
    {
        AddRoom("r", "ann");

        var after = Join("r", "ben");

        after.MemberIds.Should().Equal("ann", "ben");
        after.Version.Should().Be(2);
        after.Change!.Added.Should().ContainSingle().Which.UserId.Should().Be("ben");
    }

    [Test]
    public void A_room_in_memory_that_is_another_one_or_of_another_version_is_not_built_on([Values] bool isAnother)
    {
        _committed.Room = AddRoom("r", "ann");
        _write.Rows.Clear();
        _database.Run(isAnother ? "UPDATE rooms SET epoch = 'another', name = 'by another way'" : "UPDATE rooms SET version = 3, name = 'by another way'");

        var version = _write.Rooms.Find("r")!.Version;
        _snapshots.At("r", version).Meta.Name.Should().Be("by another way");
        Join("r", "ben").MemberIds.Should().Equal("ann", "ben");
    }

    [Test]
    public void A_room_that_was_made_is_known_to_its_batch()
    {
        _write.Rooms.Insert(new StoredRoom { Id = "r", Epoch = "epoch", Name = "r", CreatedBy = "ann", Version = 1, MemberCount = 1 });
        Member owner = new("ann", RoomRole.Owner, 1);
        _write.Members.Add("r", [owner], areAdded: true);
        var made = _snapshots.Create(_write.Rooms.Find("r")!.ToSnapshot([owner]));

        _snapshots.At("r", 1).Should().BeSameAs(made);
        Join("r", "ben").MemberIds.Should().Equal("ann", "ben");
    }

    [Test]
    public async Task What_a_failed_job_left_never_was()
    {
        AddRoom("r", "ann");
        List<string> seen = [];
        using var writer = new KernelWriter(_database, new KernelSink(), _committed);
        using (var hold = await writer.HoldAsync())
        {
            writer.Enqueue(write => Rename("first", write));
            writer.Enqueue(write =>
            {
                Rename("undone", write);
                write.Rooms.Delete("r");
                throw new InvalidOperationException("on purpose");
            });
            writer.Enqueue(write => seen.Add(write.Snapshots.At("r", 2).Meta.Name));
            writer.Enqueue(write => seen.Add(Rename("third", write).Meta.Name));
        }

        writer.Queue.Dispose();
        seen.Should().Equal("first", "third");
    }

    private RoomSnapshot AddRoom(string roomId, params string[] userIds)
    {
        var room = _database.AddRoom(roomId, userIds);
        // Its row is known to the batch, as it is to every job that has asked for the room.
        _write.Rooms.Find(roomId);
        return room;
    }

    /// <summary>From here on, whoever reads the room's members finds somebody else.</summary>
    private void Forget(string roomId) =>
        _database.Run($"UPDATE members SET user_id = 'somebody else ' || user_id WHERE room_id = '{roomId}'");

    private RoomSnapshot Join(string roomId, string userId)
    {
        Member member = new(userId, RoomRole.Member, 0);
        _write.Members.Add(roomId, [member], areAdded: false);
        return _snapshots.Change(roomId, _write.Rooms.MembersChanged(roomId, 1, 7), MemberChange.Joined([member]), at: 7);
    }

    private static RoomSnapshot Rename(string name, WriteScope write)
    {
        var row = write.Rooms.UpdateMeta("r", new() { Name = name }, write.Now);
        return write.Snapshots.Change("r", row.Version, before => before.WithMeta(row.ToMeta(), row.Version, row.UpdatedAt));
    }

    /// <summary>The one room in memory.</summary>
    private sealed class Committed : IRoomSnapshots
    {
        public RoomSnapshot? Room { get; set; }

        /// <summary>The rooms that are being committed.</summary>
        public IReadOnlySet<string>? Untold { get; private set; }

        public RoomSnapshot? Peek(string roomId) => Room;

        public void Committing(IReadOnlySet<string> roomIds) => Untold = roomIds;

        public void Told() => Untold = null;
    }
}
