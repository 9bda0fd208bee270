using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Storage;
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
    public async Task What_a_job_did_outside_the_database_is_undone_with_it_alone_or_with_its_batch([Values] bool batch)
    {
        using var database = new KernelDatabase();
        database.AddRoom("r", "ann");
        using var writer = new KernelWriter(database, new KernelSink());
        List<int> undone = [];
        KernelJob last;
        using (var hold = await writer.HoldAsync())
        {
            for (var number = 1; number <= 4; number++)
            {
                var own = number;
                writer.Enqueue(write =>
                {
                    write.IfUndone(() => undone.Add(own));
                    if (own == 2) throw new InvalidOperationException("on purpose");
                });
            }

            // Found when the batch is written.
            last = writer.Enqueue(write =>
            {
                if (batch) database.Writer.Run("PRAGMA query_only = ON");
                write.Users.Save(new UserRow { Id = "ann", Username = "Ann" }, write.Now);
            });
        }

        await last.Ended.OrFailAsync("the last job");

        undone.Should().Equal(batch ? [2, 4, 3, 1] : [2]);
        await writer.Enqueue(_ => throw new InvalidOperationException("on purpose")).Ended.OrFailAsync("the next batch");
        undone.Should().HaveCount(batch ? 4 : 1, "nothing is undone twice, or after it was committed");
    }

    [Test]
    public async Task It_counts_the_changes_of_rows_and_none_for_a_look()
    {
        using var database = new KernelDatabase();
        database.AddRoom("r", "ann");
        using var writer = new KernelWriter(database, new KernelSink());
        long looked = -1, changed = -1;
        await writer.Enqueue(write =>
        {
            var before = write.Changes;
            write.Rooms.Find("r");
            looked = write.Changes - before;
            write.Rooms.MembersChanged("r", 0, write.Now);
            changed = write.Changes - before;
        }).Ended.OrFailAsync("the job");

        looked.Should().Be(0);
        changed.Should().Be(1);
    }
}
