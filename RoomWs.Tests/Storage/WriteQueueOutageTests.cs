using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

/// <summary>A database that takes no changes, as on a disk that is full: here it is told to take none, which fails each batch at its beginning.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class WriteQueueOutageTests : IDisposable
{
    private readonly KernelDatabase _database = new();
    private readonly KernelSink _sink = new();
    private readonly KernelWriter _writer;

    public WriteQueueOutageTests() => _writer = new KernelWriter(_database, _sink);

    public void Dispose()
    {
        _writer.Dispose();
        _database.Dispose();
    }

    [Test]
    public async Task A_batch_that_cannot_be_stored_fails_each_of_its_jobs_and_leaves_nothing()
    {
        KernelJob first, second;
        using (var hold = await _writer.HoldAsync())
        {
            first = _writer.Enqueue(Insert("first"));
            // A disk that fills up in the middle of a batch: the work of the job before it is undone with it.
            second = _writer.Enqueue(write =>
            {
                TakeChanges(false);
                Insert("second")(write);
            });
        }

        await second.Ended.OrFailAsync("the second job");
        _writer.Queue.Dispose();

        var causes = new[] { await first.Ended, await second.Ended };
        causes.Should().AllBeOfType<StorageException>();
        causes.Cast<StorageException>().Select(cause => cause.LogId).Distinct(StringComparer.Ordinal).Should().ContainSingle("it is one outage");
        _database.CommittedRoomIds().Should().BeEmpty();
        _sink.Batches.Should().Equal(1, 2);
    }

    [Test]
    public async Task A_batch_that_cannot_be_written_fails_each_of_its_jobs_and_the_next_one_is_stored()
    {
        KernelJob first, second;
        using (var hold = await _writer.HoldAsync())
        {
            first = _writer.Enqueue(Insert("first"));
            // Found when the batch is written.
            second = _writer.Enqueue(_ => _database.Writer.Run("PRAGMA query_only = ON"));
        }

        await second.Ended.OrFailAsync("the second job");
        await EndOutageAsync();
        await _writer.Enqueue(Insert("next")).Ended.OrFailAsync("the next batch");
        _writer.Queue.Dispose();

        (await first.Ended).Should().BeOfType<StorageException>();
        (await second.Ended).Should().BeOfType<StorageException>();
        _database.CommittedRoomIds().Should().Equal("next");
    }

    [Test]
    public async Task Own_work_that_only_looks_is_done_in_an_outage_beside_changes_that_fail()
    {
        await BeginOutageAsync();
        var count = -1L;
        KernelJob change;
        Task<bool> look, own;
        using (var hold = await _writer.HoldAsync(inOutage: true))
        {
            change = _writer.Enqueue(Insert("refused"));
            look = _writer.Queue.RunAsync(write => count = write.Rooms.Count());
            own = _writer.Queue.RunAsync(Insert("refused too"));
        }

        (await look.OrFailAsync("the look")).Should().BeTrue();
        (await own.OrFailAsync("the own change")).Should().BeFalse();
        (await change.Ended.OrFailAsync("the change")).Should().BeOfType<StorageException>();
        count.Should().Be(0);
        _writer.Queue.Dispose();
        _sink.Batches.Last().Should().Be(3);
    }

    [Test]
    public async Task An_outage_is_logged_when_it_begins_and_when_it_is_over_and_not_for_each_change()
    {
        await BeginOutageAsync();
        var refused = new List<Exception?>();
        for (var i = 0; i < 3; i++) refused.Add(await _writer.Enqueue(Insert("refused")).Ended.OrFailAsync("a change"));
        refused.Cast<StorageException>().Select(cause => cause.LogId).Distinct(StringComparer.Ordinal).Should().ContainSingle();

        // What changes no row says nothing of the disk, and ends no outage.
        await EndOutageAsync();
        await _writer.Enqueue(_ => { }).Ended.OrFailAsync("a job that writes nothing");
        await _writer.Enqueue(Insert("stored")).Ended.OrFailAsync("a change");
        await _writer.Enqueue(Insert("stored too")).Ended.OrFailAsync("a change");
        _writer.Queue.Dispose();

        var logId = ((StorageException)refused[0]!).LogId;
        _writer.Log.Entries.Select(entry => entry.EventId).Should().Equal(1005, 1006);
        _writer.Log.Entries.Should().AllSatisfy(entry => entry.Message.Should().Contain(logId));
        _writer.Log.Entries.Last().Message.Should().Contain("; 4 were refused", "one began it, and three came behind");
    }

    private async Task BeginOutageAsync() =>
        await _writer.Enqueue(write =>
        {
            TakeChanges(false);
            Insert("refused")(write);
        }).Ended.OrFailAsync("the outage");

    private Task<bool> EndOutageAsync() => _writer.Queue.RunAsync(_ => TakeChanges(true)).OrFailAsync("the end of the outage");

    /// <summary>On the writer's thread.</summary>
    private void TakeChanges(bool whether) => _database.Writer.Run($"PRAGMA query_only = {(whether ? "OFF" : "ON")}");

    private static Action<WriteScope> Insert(string roomId) =>
        write => write.Rooms.Insert(new StoredRoom { Id = roomId, Epoch = "epoch", Name = roomId, CreatedBy = "ann", Version = 1 });
}
