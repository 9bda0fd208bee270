using System.Collections.Concurrent;
using FluentAssertions;
using Microsoft.Data.Sqlite;
using NUnit.Framework;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Tests.Support;
using SQLitePCL;

namespace RoomWs.Tests.Storage;

/// <summary>Another program holds the lock for writing. A batch waits for it once, and no job of it does so again.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LockedFileTests : IDisposable
{
    private readonly KernelDatabase _database = new();
    private readonly KernelSink _sink = new();
    private readonly KernelWriter _writer;
    private readonly ConcurrentQueue<int> _faults = [];

    public LockedFileTests() => _writer = new KernelWriter(_database, _sink);

    public void Dispose()
    {
        _writer.Dispose();
        _database.Dispose();
    }

    [Test]
    public async Task Own_work_that_writes_fails_without_a_wait_of_its_own_and_what_only_looks_is_done()
    {
        var other = SqlRows.Open(_database.Path);
        other.Run("BEGIN IMMEDIATE");
        KernelJob change;
        Task<bool>[] own;
        Task<bool> look;
        var count = -1L;
        using (var hold = await HoldAsync())
        {
            change = _writer.Enqueue("ann", write => Insert("change", write));
            own = [.. Enumerable.Range(0, 5).Select(i => _writer.Queue.RunAsync(write => Insert(FormattableString.Invariant($"own{i}"), write)))];
            look = _writer.Queue.RunAsync(write => count = write.Rooms.Count());
        }

        (await Task.WhenAll(own).OrFailAsync("the own work")).Should().NotContain(true);
        (await look.OrFailAsync("the look")).Should().BeTrue();
        (await change.Ended.OrFailAsync("the change")).Should().BeOfType<StorageException>();
        count.Should().Be(0);
        _faults.Should().Equal(Enumerable.Repeat(raw.SQLITE_READONLY, 5), "the one that waits is refused with BUSY, after its wait");

        other.Dispose();
        (await _writer.Enqueue("ann", write => Insert("next", write)).Ended.OrFailAsync("the next change")).Should().BeNull();
        (await _writer.Queue.RunAsync(write => Insert("own", write)).OrFailAsync("the next own work")).Should().BeTrue();
        _writer.Queue.Dispose();
        _database.CommittedRoomIds().Should().Equal("next", "own");
        _writer.Log.Faults.Select(fault => fault.EventId).Should().Equal(1005);
    }

    [Test]
    public async Task Whether_writes_fail_at_once_can_be_switched_as_often_as_the_file_is_locked()
    {
        // SQLite switches it where the statement is compiled, and the connection keeps compiled statements.
        await _writer.Queue.Gap.RunAsync(() =>
        {
            for (var round = 0; round < 3; round++)
            {
                _database.Writer.Run("PRAGMA query_only = ON");
                var write = () => _database.Writer.Run("DELETE FROM users");
                write.Should().Throw<SqliteException>();
                _database.Writer.Run("PRAGMA query_only = OFF");
                write.Should().NotThrow();
            }
        }).OrFailAsync("the writer");
    }

    /// <summary>Keeps the writer between two batches: a batch that cannot begin holds nothing.</summary>
    private async Task<KernelHold> HoldAsync()
    {
        var hold = new KernelHold();
        _ = _writer.Queue.Gap.RunAsync(hold.Keep);
        await hold.Held.OrFailAsync("the writer");
        return hold;
    }

    private void Insert(string roomId, WriteScope write)
    {
        try
        {
            write.Rooms.Insert(new StoredRoom { Id = roomId, Epoch = "epoch", Name = roomId, CreatedBy = "ann", Version = 1 });
            // Whoever reads in a turn has all written that the batch has changed.
            write.Read(_ => true);
        }
        catch (SqliteException fault)
        {
            _faults.Enqueue(fault.SqliteErrorCode);
            throw;
        }
    }
}
