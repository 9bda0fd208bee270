using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Dispatch;

/// <summary>What every change has around its handler, which here is the test's own.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ChangeJobTests : IDisposable
{
    private readonly KernelAnswers _kernel = new();
    private int _handled;

    public void Dispose() => _kernel.Dispose();

    [Test]
    public async Task A_change_is_on_the_audit_trail_and_content_is_not()
    {
        await ChangeAsync(Rename);
        await ChangeAsync(Rename, traits: ChangeTraits.Content);

        (await _kernel.HeardAsync(2)).Should().Equal("RENAMED", "RENAMED");
        AuditedVersions().Should().Equal(2);
    }

    [Test]
    public async Task A_handler_that_writes_and_says_that_it_changed_nothing_is_undone_and_its_caller_told_of_a_fault()
    {
        await ChangeAsync(write =>
        {
            write.Rooms.MembersChanged("r", 0, write.Now);
            return new ErrorReply(ErrorCode.Conflict, "nothing happened");
        });

        (await _kernel.HeardAsync(1)).Should().Equal("INTERNAL_ERROR");
        Version().Should().Be(1);
    }

    [Test]
    public async Task A_handler_that_throws_is_undone_and_the_connection_goes_on()
    {
        await ChangeAsync(
            write =>
            {
                Rename(write);
                throw new InvalidOperationException("on purpose");
            },
            traits: ChangeTraits.Leave);
        await ChangeAsync(Rename);

        (await _kernel.HeardAsync(2)).Should().Equal("LEAVE_FAILED", "RENAMED");
        Version().Should().Be(2);
        _kernel.Asker.Connection.PendingWrites.Should().Be(0);
    }

    [Test]
    public async Task A_request_that_is_sent_again_under_its_key_happens_once_and_has_the_same_reply()
    {
        await ChangeAsync(Rename, key: "k");
        var first = await _kernel.Asker.NextAsync();
        await ChangeAsync(Rename, key: "k");
        var again = await _kernel.Asker.NextAsync();

        again.Body().Should().Be(first.Body());
        _handled.Should().Be(1);
        Version().Should().Be(2);
        AuditedVersions().Should().Equal(2);
    }

    [Test]
    public async Task Another_request_under_the_key_is_a_conflict_and_another_key_another_request()
    {
        await ChangeAsync(Rename, key: "k");
        await ChangeAsync(Rename, key: "k", roomId: "other");
        await ChangeAsync(Rename, key: "l");

        (await _kernel.HeardAsync(3)).Should().Equal("RENAMED", "CONFLICT", "RENAMED");
        _handled.Should().Be(2);
    }

    [Test]
    public async Task A_key_is_free_again_after_a_refusal_or_a_fault_and_after_a_day()
    {
        await ChangeAsync(_ => new ErrorReply(ErrorCode.Conflict, "not yet"), key: "k");
        await ChangeAsync(write =>
        {
            Rename(write);
            throw new InvalidOperationException("on purpose");
        }, key: "k");
        await ChangeAsync(Rename, key: "k");
        _kernel.Fanout.Time.Advance(TimeSpan.FromHours(24));
        await ChangeAsync(Rename, key: "k");

        (await _kernel.HeardAsync(4)).Should().Equal("CONFLICT", "INTERNAL_ERROR", "RENAMED", "RENAMED");
        Version().Should().Be(3);
    }

    [Test]
    public async Task Two_requests_under_one_key_in_one_batch_are_one_too()
    {
        using (var hold = await _kernel.Writer.HoldAsync())
        {
            await SendAsync(Rename, key: "k");
            await SendAsync(Rename, key: "k");
        }

        (await _kernel.HeardAsync(2)).Should().Equal("RENAMED", "RENAMED");
        _handled.Should().Be(1);
        Version().Should().Be(2);
    }

    [Test]
    public async Task A_list_that_the_requester_s_change_made_is_shown_as_what_changed_where_it_takes_deltas()
    {
        _kernel.Asker.Connection.TakesMemberDeltas = true;
        await ChangeAsync(write =>
        {
            write.Members.Add("r", [new Member("eve", Protocol.Members.RoomRole.Member, 0)], areAdded: true);
            var version = write.Rooms.MembersChanged("r", 1, write.Now);
            var after = write.Snapshots.Change("r", version, MemberChange.Joined([new Member("eve", Protocol.Members.RoomRole.Member, 0)]), write.Now);
            return Outcome.MembersChanged(after, AuditNote.None, RoomEvent.MemberList(after));
        });

        (await _kernel.Asker.NextAsync()).Change().Should().Be("1-2 +eve=MEMBER");
        _kernel.Asker.Take().Should().BeEmpty();
    }

    private static Outcome Rename(WriteScope write)
    {
        var row = write.Rooms.UpdateMeta("r", new() { Name = "new" }, write.Now);
        var after = write.Snapshots.Change("r", row.Version, before => before.WithMeta(row.ToMeta(), row.Version, row.UpdatedAt));
        return new Outcome.Changed(KernelFanout.Message("RENAMED"), new RoomChange("r", after));
    }

    private async Task ChangeAsync(Func<WriteScope, Outcome> handle, ChangeTraits traits = ChangeTraits.None, string? key = null, string roomId = "r")
    {
        await SendAsync(handle, traits, key, roomId);
        await _kernel.Asker.Connection.WritesDoneAsync().OrFailAsync("the change");
    }

    private async Task SendAsync(Func<WriteScope, Outcome> handle, ChangeTraits traits = ChangeTraits.None, string? key = null, string roomId = "r")
    {
        var handler = new Handler(write =>
        {
            _handled++;
            return handle(write);
        });
        var command = new FreeChangeCommand<DeleteRoom>("CHANGE", ProtocolJson.Wire.DeleteRoom, body => body.RoomId, handler, traits, _kernel.Writer.Queue, _kernel.Fanout.Rooms, _kernel.MembershipRate);
        var message = Encoding.ASCII.GetBytes($$"""{"type":"CHANGE","roomId":"{{roomId}}"{{(key is null ? "" : $",\"idempotencyKey\":\"{key}\"")}}}""");
        Envelope.Read(message, out var envelope).Should().BeNull();
        await command.ExecuteAsync(new Request(_kernel.Asker.Connection, envelope, message, new("CHANGE", null)), _kernel.Replies);
    }

    private long Version()
    {
        using var file = SqlRows.Open(_kernel.Fanout.Database.Path);
        return file.Rows("SELECT version FROM rooms", row => row.GetInt64(0)).Single();
    }

    private List<long> AuditedVersions()
    {
        using var file = SqlRows.Open(_kernel.Fanout.Database.Path);
        return file.Rows("SELECT version FROM audit ORDER BY id", row => row.GetInt64(0));
    }

    private sealed class Handler(Func<WriteScope, Outcome> handle) : IChangeHandler<DeleteRoom>
    {
        public ErrorReply? Validate(DeleteRoom command, Caller caller) => null;

        public void Need(DeleteRoom command, Caller caller, Needs needs) => needs.Room(command.RoomId);

        public Outcome Handle(DeleteRoom command, Caller caller, WriteScope write) => handle(write);
    }
}
