using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

/// <summary>Whether the writer gives a batch a moment to fill.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class WriteQueueWaitTests : IDisposable
{
    private readonly KernelDatabase _database = new();
    private readonly KernelSink _sink = new();
    private readonly KernelWriter _writer;

    public WriteQueueWaitTests() => _writer = new KernelWriter(_database, _sink);

    public void Dispose()
    {
        _writer.Dispose();
        _database.Dispose();
    }

    [Test]
    public async Task The_writer_waits_for_those_that_are_expected()
    {
        // The moment is short, and the other one may miss it where the machine is busy; sooner or later it does not.
        for (var left = 10_000; left > 0 && !_sink.Waits.Contains(true); left--)
        {
            using var isAsked = new ManualResetEventSlim();
            _sink.Expect = () =>
            {
                _sink.Expect = () => 0;
                isAsked.Set();
                return 2;
            };
            var other = Task.Run(() =>
            {
                isAsked.Wait(Deadline.Span);
                return _writer.Enqueue(_ => { });
            });
            await _writer.Enqueue(_ => { }).Ended.OrFailAsync("the first job");
            await (await other).Ended.OrFailAsync("the other job");
        }

        _writer.Queue.Dispose();
        _sink.Waits.Should().EndWith(true);
        _sink.Batches.Should().EndWith(2);
    }

    [Test]
    public async Task It_goes_on_without_those_that_do_not_come()
    {
        _sink.Expect = () => 3;
        await _writer.Enqueue(_ => { }).Ended.OrFailAsync("the job that is alone");
        _writer.Queue.Dispose();

        _sink.Batches.Should().Equal(1);
        _sink.Waits.Should().Equal(false);
    }

    [Test]
    public async Task It_does_not_wait_where_all_are_there()
    {
        using (var hold = await _writer.HoldAsync())
        {
            _sink.Expect = () => 2;
            _writer.Enqueue(_ => { });
            _writer.Enqueue(_ => { });
            _writer.Enqueue(_ => { });
        }

        _writer.Queue.Dispose();
        _sink.Batches.Should().Equal(1, 3);
        _sink.Waits.Should().BeEmpty();
    }

    [Test]
    public async Task It_never_waits_for_more_than_a_batch_can_hold()
    {
        using (var hold = await _writer.HoldAsync())
        {
            _sink.Expect = () =>
            {
                _sink.Expect = () => 0;
                return 10_000;
            };
            for (var i = 0; i < 512; i++) _writer.Enqueue(_ => { });
        }

        _writer.Queue.Dispose();
        _sink.Batches.Should().Equal(1, 512);
        _sink.Waits.Should().BeEmpty();
    }

    [Test]
    public async Task What_comes_while_it_waits_in_vain_is_not_left_lying()
    {
        // A signal that the waiting has used up must not be missing when the next job comes.
        for (var i = 0; i < 50; i++)
        {
            _sink.Expect = () => 2;
            await _writer.Enqueue(_ => { }).Ended.OrFailAsync("a job");
        }

        _writer.Queue.Dispose();
        _sink.Waits.Should().HaveCount(50).And.NotContain(true);
    }
}
