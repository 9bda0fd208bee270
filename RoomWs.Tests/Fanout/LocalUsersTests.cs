using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol.Members;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Fanout;

/// <summary>How users come and go, over the writer and the database.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LocalUsersTests : IDisposable
{
    private readonly KernelAnswers _kernel = new();
    private readonly LocalUsers _users;

    public LocalUsersTests() => _users = new LocalUsers(_kernel.Fanout.Members, _kernel.Fanout.Database.Reads, new CommitPlaces(_kernel.Fanout.Database.Reads, _kernel.Writer.Queue));

    public void Dispose() => _kernel.Dispose();

    [Test]
    public async Task Nobody_is_in_a_room_by_a_change_that_is_committed_and_not_told()
    {
        Task coming;
        using (var telling = await _kernel.CommitUntoldAsync(EnqueueJoin))
        {
            coming = _users.ComeAsync("eve");
            coming.IsCompleted.Should().BeFalse("what is told before the change is not for eve");
            Locals.Should().NotContain("eve");
        }

        await coming.OrFailAsync("eve");
        Locals.Should().BeEquivalentTo("other", "asker", "eve");
    }

    [Test]
    public async Task All_connections_of_a_user_that_come_at_once_wait_until_it_is_in_and_it_stays_until_the_last_has_gone()
    {
        _kernel.Fanout.AddRoom("s", "eve");
        Task[] coming;
        using (var hold = new KernelHold())
        {
            _kernel.HoldWriter(hold);
            coming = [.. Enumerable.Range(0, 3).Select(_ => _users.ComeAsync("eve"))];
            coming.Should().AllSatisfy(one => one.IsCompleted.Should().BeFalse());
        }

        await Task.WhenAll(coming).OrFailAsync("eve");
        for (var i = 0; i < 3; i++)
        {
            In("s").Should().Equal("eve");
            _users.Go("eve");
        }

        In("s").Should().BeEmpty();
    }

    [Test]
    public async Task Whoever_cannot_be_read_has_not_come()
    {
        var room = _kernel.Fanout.Rooms.Find("r")!.Snapshot;
        _kernel.Fanout.Database.MakeUnreadable();
        for (var i = 0; i < 2; i++) await _users.Invoking(users => users.ComeAsync("eve")).Should().ThrowAsync<Exception>();

        // It would count, if eve were here.
        _kernel.Fanout.Members.Join(room.With(MemberChange.Joined([new Member("eve", RoomRole.Member, 0)]), 2, 0));
        Locals.Should().BeEquivalentTo("other", "asker");
    }

    private string[] Locals => In("r");

    private string[] In(string roomId) => Array.ConvertAll(_kernel.Fanout.Members.Of(roomId).ToArray(), user => user.Id);

    private void EnqueueJoin() => _ = _kernel.Writer.Queue.RunAsync(write =>
    {
        write.Members.Add("r", [new Member("eve", RoomRole.Member, 0)], areAdded: true);
        write.Rooms.MembersChanged("r", 1, write.Now);
    });
}
