using System.Collections.Concurrent;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class WriteQueueTests : IDisposable
{
    private readonly KernelDatabase _database = new();
    private readonly KernelSink _sink = new();
    private readonly KernelWriter _writer;

    public WriteQueueTests() => _writer = new KernelWriter(_database, _sink);

    public void Dispose()
    {
        _writer.Dispose();
        _database.Dispose();
    }

    [Test]
    public async Task Jobs_of_many_threads_run_in_the_order_of_each_and_are_completed_in_the_order_in_which_they_ran()
    {
        const int threads = 4, jobsEach = 500;
        var ran = new ConcurrentQueue<(int Thread, int Job)>();
        var completed = new ConcurrentQueue<(int Thread, int Job)>();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < jobsEach; i++)
            {
                var job = (thread, i);
                _writer.Enqueue(_ => ran.Enqueue(job), committed: () => completed.Enqueue(job));
            }
        })));
        _writer.Queue.Dispose();

        completed.Should().Equal(ran);
        for (var thread = 0; thread < threads; thread++)
        {
            ran.Where(job => job.Thread == thread).Select(job => job.Job).Should().Equal(Enumerable.Range(0, jobsEach));
        }
    }

    [Test]
    public async Task A_job_is_completed_when_others_can_read_what_it_wrote_and_not_before()
    {
        string[] whileItRuns = ["?"], atCompletion = [];
        using var hold = await _writer.HoldAsync();
        _writer.Enqueue(Insert("first"));
        var second = _writer.Enqueue(
            write =>
            {
                Insert("second")(write);
                whileItRuns = _database.CommittedRoomIds();
            },
            committed: () => atCompletion = _database.CommittedRoomIds());
        hold.Release();
        await second.Ended.OrFailAsync("the second job");
        _writer.Queue.Dispose();

        whileItRuns.Should().BeEmpty();
        atCompletion.Should().Equal("first", "second");
    }

    [Test]
    public async Task What_waits_is_committed_together_and_sent_once_when_all_of_it_is_completed()
    {
        var order = new ConcurrentQueue<string>();
        _sink.Ended = _ => order.Enqueue("end");
        using (var hold = await _writer.HoldAsync())
        {
            _writer.Enqueue(_ => { }, committed: () => order.Enqueue("a"));
            _writer.Enqueue(_ => throw new InvalidOperationException("on purpose"), failed: _ => order.Enqueue("b failed"));
            _writer.Enqueue(_ => { }, committed: () => order.Enqueue("c"));
        }

        _writer.Queue.Dispose();

        order.Should().Equal("end", "a", "b failed", "c", "end");
        _sink.Batches.Should().Equal(1, 3);
    }

    [Test]
    public async Task A_job_that_fails_undoes_itself_alone_and_learns_why()
    {
        var fault = new InvalidOperationException("on purpose");
        KernelJob failing;
        using (var hold = await _writer.HoldAsync())
        {
            _writer.Enqueue(Insert("before"));
            failing = _writer.Enqueue(write =>
            {
                Insert("half")(write);
                throw fault;
            });
            _writer.Enqueue(Insert("behind"));
        }

        _writer.Queue.Dispose();

        (await failing.Ended).Should().BeSameAs(fault);
        _database.CommittedRoomIds().Should().Equal("before", "behind");
        _writer.Log.Faults.Should().BeEmpty("whoever asked has been told");
    }

    [Test]
    public async Task A_job_that_breaks_a_rule_of_the_database_undoes_itself_alone_too()
    {
        KernelJob failing;
        using (var hold = await _writer.HoldAsync())
        {
            _writer.Enqueue(Insert("room"));
            failing = _writer.Enqueue(Insert("room"));
            _writer.Enqueue(Insert("behind"));
        }

        _writer.Queue.Dispose();

        (await failing.Ended).Should().NotBeNull().And.NotBeOfType<StorageException>();
        _database.CommittedRoomIds().Should().Equal("behind", "room");
    }

    [Test]
    public async Task A_completion_that_throws_is_logged_and_neither_ends_the_writer_nor_keeps_the_others_from_theirs()
    {
        KernelJob behind;
        using (var hold = await _writer.HoldAsync())
        {
            _writer.Enqueue(_ => { }, committed: () => throw new InvalidOperationException("on purpose"));
            _writer.Enqueue(_ => throw new InvalidOperationException("failed"), failed: _ => throw new InvalidOperationException("on purpose"));
            behind = _writer.Enqueue(Insert("behind"));
        }

        (await behind.Ended.OrFailAsync("the job behind")).Should().BeNull();
        (await _writer.Enqueue(Insert("next batch")).Ended.OrFailAsync("the next batch")).Should().BeNull();
        _writer.Queue.Dispose();

        _writer.Log.Faults.Select(fault => fault.EventId).Should().Equal(1003, 1003);
        _sink.Batches.Should().Equal(1, 3, 1);
    }

    [Test]
    public async Task A_send_that_throws_is_logged_and_does_not_end_the_writer()
    {
        _sink.Ended = _ => throw new InvalidOperationException("on purpose");
        await _writer.Enqueue(Insert("first")).Ended.OrFailAsync("the first job");
        (await _writer.Enqueue(Insert("second")).Ended.OrFailAsync("the second job")).Should().BeNull();
        _writer.Queue.Dispose();

        _writer.Log.Faults.Select(fault => fault.EventId).Should().Equal(1003, 1003);
    }

    [Test]
    public async Task Own_work_tells_whether_it_was_committed_and_its_failure_is_logged()
    {
        var isTold = false;
        var done = _writer.Queue.RunAsync(Insert("room"), committed: () => isTold = _database.CommittedRoomIds() is ["room"]);
        (await done.OrFailAsync("the work")).Should().BeTrue();
        isTold.Should().BeTrue();

        (await _writer.Queue.RunAsync(Insert("room"), committed: () => isTold = false).OrFailAsync("the work")).Should().BeFalse();
        _writer.Queue.Dispose();
        isTold.Should().BeTrue("what failed is not told");
        _writer.Log.Faults.Select(fault => fault.EventId).Should().Equal(1004);
    }

    [Test]
    public async Task The_end_finishes_all_that_was_enqueued_and_takes_nothing_more()
    {
        KernelJob[] jobs;
        using (var hold = await _writer.HoldAsync())
        {
            // More than one batch holds.
            jobs = [.. Enumerable.Range(0, 1_200).Select(i => _writer.Enqueue(Insert($"r{i}")))];
        }

        _writer.Queue.Dispose();

        jobs.Should().AllSatisfy(job => job.Ended.IsCompletedSuccessfully.Should().BeTrue());
        _database.CommittedRoomIds().Should().HaveCount(1_200);
        _sink.Batches.Should().Equal(1, 512, 512, 176);

        var late = () => _writer.Enqueue(Insert("late"));
        late.Should().Throw<ObjectDisposedException>();
        var again = _writer.Queue.Dispose;
        again.Should().NotThrow();
    }

    private static Action<WriteScope> Insert(string roomId) =>
        write => write.Rooms.Insert(new StoredRoom { Id = roomId, Epoch = "epoch", Name = roomId, CreatedBy = "ann", Version = 1 });
}
