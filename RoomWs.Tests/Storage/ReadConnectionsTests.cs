using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ReadConnectionsTests : IDisposable
{
    private readonly KernelDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Test]
    public void Reads_behind_each_other_share_a_connection_and_reads_at_once_have_their_own()
    {
        var reads = _database.Reads;
        var first = reads.Read(read => read);
        reads.Read(read => read).Should().BeSameAs(first);

        var (outer, inner) = reads.Read(read => (read, reads.Read(other => other)));
        outer.Should().BeSameAs(first);
        inner.Should().NotBeSameAs(first);
    }

    [Test]
    public void A_read_that_fails_gives_its_connection_back()
    {
        Repositories? used = null;
        var fail = () => _database.Reads.Read<int>(read =>
        {
            used = read;
            throw new InvalidOperationException("on purpose");
        });
        fail.Should().Throw<InvalidOperationException>();

        _database.Reads.Read(read => read).Should().BeSameAs(used);
    }

    [Test]
    public void All_that_one_read_reads_is_of_one_commit_and_the_next_read_is_of_a_later_one()
    {
        _database.AddRoom("r", "ann");
        var reads = _database.Reads;

        var (before, after) = reads.Read(read =>
        {
            var version = read.Rooms.Find("r")!.Version;
            _database.Run("UPDATE rooms SET version = 2; DELETE FROM members");
            return (version, read.Loader.Load("r")!);
        });

        (before, after.Version, after.MemberCount).Should().Be((1, 1, 1));
        reads.Read(read => read.Rooms.Find("r")!.Version).Should().Be(2);
    }

    [Test]
    public void After_the_end_nothing_is_read_and_a_read_that_is_under_way_ends_as_any_other()
    {
        var read = () => _database.Reads.Read(scope => scope.Rooms.Any());
        _database.Reads.Read(scope =>
        {
            _database.Reads.Dispose();
            return scope.Rooms.Any();
        }).Should().BeFalse();

        for (var i = 0; i < 20; i++) read.Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public void A_read_cannot_change_anything()
    {
        _database.AddRoom("r", "ann");
        var write = () => _database.Reads.Read(read => read.Sweeps.DeleteAudit(before: 1, limit: 1));

        write.Should().Throw<Exception>();
        _database.Reads.Read(read => read.Rooms.Find("r")!.Version).Should().Be(1);
    }

    [Test]
    public void All_that_one_read_reads_is_of_one_commit_and_the_next_read_sees_the_last()
    {
        _database.AddRoom("r", "ann");
        var seen = _database.Reads.Read(read =>
        {
            var before = read.Rooms.Find("r")!.Name;
            _database.Run("UPDATE rooms SET name = 'new'");
            return (before, read.Rooms.Find("r")!.Name);
        });

        seen.Should().Be(("r", "r"));
        _database.Reads.Read(read => read.Rooms.Find("r")!.Name).Should().Be("new");
    }

    [Test]
    public async Task A_room_that_is_read_while_it_changes_is_of_one_version()
    {
        // At version n it has n members, and no commit leaves it otherwise.
        const int versions = 300;
        _database.AddRoom("r", "user1");
        using var writer = new KernelWriter(_database, new KernelSink());
        var changes = Task.Run(async () =>
        {
            for (var version = 2; version <= versions; version++)
            {
                var userId = $"user{version}";
                await writer.Queue.RunAsync(write =>
                {
                    write.Members.Add("r", [new Member(userId, RoomRole.Member, 0)], areAdded: true);
                    write.Rooms.MembersChanged("r", 1, 0);
                });
            }
        });

        RoomSnapshot read;
        do
        {
            read = _database.Reads.Read(reads => reads.Loader.Load("r"))!;
            read.MemberCount.Should().Be((int)read.Version);
        }
        while (read.Version < versions && !changes.IsFaulted);
        await changes.OrFailAsync("the changes");
    }
}
