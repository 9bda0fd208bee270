using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class AuthorityTests : IDisposable
{
    private readonly KernelDatabase _database = new();
    private readonly RoomSnapshot _room;
    private readonly WriteScope _write;

    public AuthorityTests()
    {
        _room = _database.AddRoom("r", "ann", "ben");
        _database.Run("UPDATE rooms SET slug = 'the-room', version = 7");
        _write = new WriteScope(_database.Store, new Repositories(_database.Writer, SqliteDialect.Instance), new NoRooms(), static () => { }, new ManualTimeProvider());
    }

    public void Dispose() => _database.Dispose();

    [Test]
    public void A_change_gets_the_room_as_the_caller_stands_to_it_by_id_and_by_slug()
    {
        foreach (var name in new[] { new RoomRef("r"), new RoomRef(null, "the-room") })
        {
            Authority.Check(name, RoomAction.See, Caller("ben"), _write, out var room).Should().BeNull();
            room.Should().Be(new RoomAccess { RoomId = "r", Version = 7, MemberCount = 2, Role = RoomRole.Member });
        }
    }

    [Test]
    public void A_change_of_a_room_that_is_not_there_is_not_found()
    {
        Authority.Check("nowhere", RoomAction.Join, Caller("ann"), _write, out var byId)!.Code.Should().Be(ErrorCode.NotFound);
        Authority.Check(new RoomRef(null, "no-slug"), RoomAction.Join, Caller("ann"), _write, out var bySlug)!.Code.Should().Be(ErrorCode.NotFound);
        (byId, bySlug).Should().Be(((RoomAccess?)null, (RoomAccess?)null));
    }

    [Test]
    public void A_change_goes_by_the_role_that_the_caller_has_in_the_writer_s_turn()
    {
        Authority.Check("r", RoomAction.Delete, Caller("ben"), _write, out _)!.Code.Should().Be(ErrorCode.Forbidden);
        _write.Members.SetRole("r", "ben", RoomRole.Owner);
        Authority.Check("r", RoomAction.Delete, Caller("ben"), _write, out _).Should().BeNull();
        _write.Members.Remove("r", "ben");
        Authority.Check("r", RoomAction.See, Caller("ben"), _write, out _)!.Code.Should().Be(ErrorCode.Forbidden);
    }

    [Test]
    public void A_query_goes_by_the_room_as_it_was_found()
    {
        Authority.Check(_room, RoomAction.See, Caller("ben")).Should().BeNull();
        Authority.Check(_room, RoomAction.See, Caller("eve"))!.Code.Should().Be(ErrorCode.Forbidden);
        Authority.Check(_room, RoomAction.SeeAudit, Caller("ben"))!.Code.Should().Be(ErrorCode.Forbidden);
        Authority.Check(_room, RoomAction.SeeAudit, Caller("ann")).Should().BeNull();
        Authority.Check(null, RoomAction.See, Caller("ann"))!.Code.Should().Be(ErrorCode.NotFound);
    }

    [Test]
    public void A_further_right_and_a_version_can_be_asked_for_of_the_room_that_was_found()
    {
        Authority.Check("r", RoomAction.See, Caller("ben"), _write, out var room).Should().BeNull();

        room!.Refuse(RoomAction.RemoveAdmin)!.Code.Should().Be(ErrorCode.Forbidden);
        room.RefuseStale(null).Should().BeNull();
        room.RefuseStale(7).Should().BeNull();
        room.RefuseStale(6)!.Version.Should().Be(7);
    }

    private static Caller Caller(string userId) => new(userId, userId, IsAdmin: false);
}
