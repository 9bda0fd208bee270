using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

/// <summary>Where a room is not to be read, its row is gone or says something else; so whoever reads it would fail, or tell the other thing.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BatchSnapshotsTests : IDisposable
{
    private readonly KernelDatabase _database = new();
    private readonly Committed _committed = new();
    private readonly BatchSnapshots _snapshots;

    public BatchSnapshotsTests() => _snapshots = new BatchSnapshots(_committed, new RoomLoader(_database.Writer));

    public void Dispose() => _database.Dispose();

    [Test]
    public void A_room_in_memory_is_not_read()
    {
        _committed.Room = _database.AddRoom("r", "ann", "ben");
        _database.Run("DELETE FROM rooms");

        _snapshots.At("r", 1).Should().BeSameAs(_committed.Room);
        var joined = _snapshots.Change("r", 2, Join("cat"), at: 7);
        (joined.Version, joined.UpdatedAt).Should().Be((2, 7));
        joined.MemberIds.Should().Equal("ann", "ben", "cat");
    }

    [Test]
    public void Changes_of_a_batch_build_on_each_other_though_nobody_else_knows_of_them()
    {
        _committed.Room = _database.AddRoom("r", "ann");
        _database.Run("DELETE FROM rooms");

        _snapshots.Change("r", 2, Join("ben"), at: 1);
        _snapshots.Change("r", 3, before => before.WithMeta(before.Meta with { Name = "new" }, 3, 2));
        var last = _snapshots.Change("r", 4, MemberChange.Ended("ann", "ben"), at: 3);

        last.MemberIds.Should().Equal("ben");
        last.RoleOf("ben").Should().Be(RoomRole.Owner);
        last.Meta.Name.Should().Be("new");
        _snapshots.At("r", 4).Should().BeSameAs(last);
        _committed.Room.Version.Should().Be(1);
    }

    [Test]
    public void What_the_batch_has_changed_is_named_before_the_commit_and_until_it_is_told_and_what_it_only_looked_at_is_not()
    {
        foreach (var roomId in new[] { "changed", "undone", "seen" }) _database.AddRoom(roomId, "ann");
        _snapshots.Commit();
        _committed.Untold.Should().BeNull("nothing has changed");

        _snapshots.At("seen", 1);
        _snapshots.Change("undone", 2, Join("ben"), at: 1);
        _snapshots.Distrust();
        _snapshots.Change("changed", 2, before => before.WithMeta(before.Meta, 2, 1));
        _snapshots.Commit();
        _committed.Untold.Should().BeEquivalentTo("changed", "undone");

        _snapshots.Clear();
        _committed.Untold.Should().BeNull();
    }

    [Test]
    public void A_cold_room_is_read_once_for_a_whole_batch()
    {
        _database.AddRoom("r", "ann");
        var read = _snapshots.At("r", 1);
        _database.Run("DELETE FROM rooms");

        _snapshots.At("r", 1).Should().BeSameAs(read);
        _snapshots.Change("r", 2, Join("ben"), at: 1).MemberIds.Should().Equal("ann", "ben");

        _snapshots.Clear();
        var nextBatch = () => _snapshots.At("r", 1);
        nextBatch.Should().Throw<InvalidOperationException>("a new batch asks anew");
    }

    [Test]
    public void A_cold_room_that_a_change_has_read_is_known_to_the_next_change()
    {
        _database.AddRoom("r", "ann");
        _database.Run("UPDATE rooms SET version = 2");
        _snapshots.Change("r", 2, before => before);
        _database.Run("DELETE FROM rooms");

        _snapshots.Change("r", 3, Join("ben"), at: 1).MemberIds.Should().Equal("ann", "ben");
    }

    [Test]
    public void A_cold_room_is_read_as_the_change_of_members_has_left_it_and_tells_of_the_change()
    {
        _database.AddRoom("r", "ann", "ben");
        _database.Run("UPDATE rooms SET version = 2");
        var change = Join("ben");

        var after = _snapshots.Change("r", 2, change, at: 1);

        after.MemberIds.Should().Equal("ann", "ben");
        after.Version.Should().Be(2);
        after.Change.Should().BeSameAs(change);
    }

    [Test]
    public void A_version_that_is_not_the_one_right_before_is_not_built_on()
    {
        _committed.Room = _database.AddRoom("r", "ann");
        _database.AddRoom("other", "ann");
        _database.Run("UPDATE rooms SET version = 3, name = 'by another way' WHERE id = 'r'");

        _snapshots.At("r", 3).Meta.Name.Should().Be("by another way");
        _snapshots.Clear();
        _snapshots.Change("r", 3, Join("nobody"), at: 1).MemberIds.Should().Equal("ann");
    }

    [Test]
    public void A_room_that_was_made_is_known_to_its_batch()
    {
        var made = _database.AddRoom("r", "ann");
        _database.Run("DELETE FROM rooms");

        _snapshots.Create(made);

        _snapshots.At("r", 1).Should().BeSameAs(made);
        _snapshots.Change("r", 2, Join("ben"), at: 1).MemberIds.Should().Equal("ann", "ben");
    }

    [Test]
    public void What_a_job_left_that_was_rolled_back_never_was()
    {
        var undone = _database.AddRoom("r", "ann");
        _snapshots.Create(undone);
        _database.Run("DELETE FROM rooms");
        _snapshots.Distrust();

        // Another job makes a room of the same id, at the same version.
        _database.AddRoom("r", "ben");
        _snapshots.At("r", 1).MemberIds.Should().Equal("ben");
    }

    [Test]
    public void After_a_rollback_what_is_committed_is_behind_until_the_batch_is_over()
    {
        // A job of this batch has deleted the room and another made it anew, both before the one that failed: only the database knows.
        _committed.Room = _database.AddRoom("r", "ann");
        _database.Run("DELETE FROM rooms");
        _database.AddRoom("r", "ben");
        _snapshots.Distrust();

        _snapshots.At("r", 1).MemberIds.Should().Equal("ben");
        _snapshots.Clear();
        _snapshots.At("r", 1).Should().BeSameAs(_committed.Room);
    }

    [Test]
    public async Task The_writer_distrusts_what_a_failed_job_left()
    {
        _database.AddRoom("r", "ann");
        List<string> seen = [];
        using var writer = new KernelWriter(_database, new KernelSink(), _committed);
        using (var hold = await writer.HoldAsync())
        {
            writer.Enqueue(write => Rename("first", write));
            writer.Enqueue(write =>
            {
                Rename("undone", write);
                throw new InvalidOperationException("on purpose");
            });
            // By another way than the one that keeps what it made; its version is the one that the undone job had.
            writer.Enqueue(write =>
            {
                write.Rooms.UpdateMeta("r", new() { Name = "third" }, write.Now);
                seen.Add(write.Snapshots.At("r", 3).Meta.Name);
            });
            writer.Enqueue(write => seen.Add(Rename("fourth", write).Meta.Name));
        }

        writer.Queue.Dispose();
        seen.Should().Equal("third", "fourth");
    }

    private static RoomSnapshot Rename(string name, WriteScope write)
    {
        var row = write.Rooms.UpdateMeta("r", new() { Name = name }, write.Now);
        return write.Snapshots.Change("r", row.Version, before => before.WithMeta(row.ToMeta(), row.Version, row.UpdatedAt));
    }

    private static MemberChange Join(string userId) => MemberChange.Joined([new Member(userId, RoomRole.Member, 0)]);

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
