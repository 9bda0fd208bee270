using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

internal sealed class WriteScopeTests
{
    [Test]
    public async Task A_job_has_one_time_however_long_it_takes_and_the_next_has_its_own()
    {
        var time = new ManualTimeProvider();
        using var database = new KernelDatabase();
        using var writer = new KernelWriter(database, new KernelSink(), time: time);
        List<long> first = [], second = [];
        KernelJob last;
        var start = time.UtcNow.ToUnixTimeMilliseconds();
        using (var hold = await writer.HoldAsync())
        {
            writer.Enqueue(write =>
            {
                first.Add(write.Now);
                time.Advance(TimeSpan.FromMilliseconds(7));
                first.Add(write.Now);
            });
            last = writer.Enqueue(write => second.Add(write.Now));
        }

        await last.Ended.OrFailAsync("the last job");

        first.Should().Equal(start, start);
        second.Should().Equal(start + 7);
    }

    [Test]
    public async Task It_counts_the_rows_that_were_changed_and_none_for_a_look()
    {
        using var database = new KernelDatabase();
        database.AddRoom("r", "ann");
        using var writer = new KernelWriter(database, new KernelSink());
        int looked = -1, changed = -1;
        await writer.Enqueue(write =>
        {
            var before = write.ChangedRows;
            write.Rooms.Find("r");
            looked = write.ChangedRows - before;
            write.Rooms.MembersChanged("r", 0, write.Now);
            changed = write.ChangedRows - before;
        }).Ended.OrFailAsync("the job");

        looked.Should().Be(0);
        changed.Should().Be(1);
    }
}
