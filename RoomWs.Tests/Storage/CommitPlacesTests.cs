using System.Collections.Concurrent;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

/// <summary>A read at a place in the order of commits sees what was told before it, and nothing else, however long the writer has gone on.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CommitPlacesTests : IDisposable
{
    private readonly KernelDatabase _database = new();
    private readonly KernelWriter _writer;
    private readonly CommitPlaces _places;

    public CommitPlacesTests()
    {
        _writer = new KernelWriter(_database, new KernelSink());
        _places = new CommitPlaces(_database.Reads, _writer.Queue);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _database.Dispose();
    }

    [Test]
    public async Task What_was_told_before_the_place_is_read_and_what_is_committed_behind_it_is_not()
    {
        var order = new ConcurrentQueue<string>();
        using var hold = await _writer.HoldAsync();
        var first = _writer.Enqueue(write => Add(write, "first"), () => order.Enqueue("first"));
        hold.Release();
        await first.Ended.OrFailAsync("the first change");

        using var next = await _writer.HoldAsync();
        // These wait for the writer when the place is asked for, and are committed before it is read.
        var behind = new[] { "a", "b" }.Select(roomId => _writer.Enqueue(write => Add(write, roomId), () => order.Enqueue(roomId))).ToArray();
        var reading = _places.ReadAsync(() => order.Enqueue("place"), read =>
        {
            next.Release();
            Task.WaitAll([.. behind.Select(job => job.Ended)], Deadline.Span).Should().BeTrue();
            return new[] { "first", "a", "b" }.Where(roomId => read.Rooms.Find(roomId) is not null).ToArray();
        });
        next.Release();

        (await reading.OrFailAsync("the read")).Should().Equal("first");
        order.Should().Equal("first", "place", "a", "b");
        _database.CommittedRoomIds().Should().Equal("a", "b", "first");
    }

    [Test]
    public async Task Of_many_at_once_each_has_its_place_and_none_keeps_the_log()
    {
        var read = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            await _writer.Queue.RunAsync(write => Add(write, $"r{i}"));
            return await _places.ReadAsync(() => { }, read => read.Rooms.Find($"r{i}")?.Id);
        })).OrFailAsync("the reads");

        read.Should().Equal(Enumerable.Range(0, 40).Select(i => $"r{i}"));
        using var file = SqlRows.Open(_database.Path);
        file.Rows("PRAGMA wal_checkpoint(TRUNCATE)", row => row.GetInt64(0)).Should().Equal([0], "no reader is in the log");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_fault_at_the_place_or_in_the_read_is_its_callers_alone(bool isAtPlace)
    {
        var reading = () => _places.ReadAsync(() => Fail(isAtPlace), _ => Fail(!isAtPlace));

        for (var i = 0; i < 20; i++) await reading.Should().ThrowAsync<InvalidOperationException>();

        (await _writer.Queue.RunAsync(write => Add(write, "r"))).Should().BeTrue();
        (await _places.ReadAsync(() => { }, read => read.Rooms.Find("r")?.Id)).Should().Be("r");
        _database.Reads.Read(read => read.Rooms.Any()).Should().BeTrue();
    }

    [Test]
    public async Task After_the_end_of_the_writer_there_is_no_place()
    {
        _writer.Queue.Dispose();
        var reading = () => _places.ReadAsync(() => { }, _ => true);

        await reading.Should().ThrowAsync<ObjectDisposedException>();
    }

    private static bool Fail(bool now) => now ? throw new InvalidOperationException("on purpose") : true;

    private static void Add(WriteScope write, string roomId) =>
        write.Rooms.Insert(new StoredRoom { Id = roomId, Epoch = "epoch", Name = roomId, CreatedBy = "ann", Version = 1 });
}
