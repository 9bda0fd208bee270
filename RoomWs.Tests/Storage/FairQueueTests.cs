using System.Collections.Concurrent;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage;

/// <summary>How the writer divides its time among users, where more waits than one batch takes.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FairQueueTests : IDisposable
{
    private readonly KernelDatabase _database = new();
    private readonly KernelSink _sink = new();
    private readonly KernelWriter _writer;
    private readonly ConcurrentQueue<string> _ran = [];

    public FairQueueTests() => _writer = new KernelWriter(_database, _sink);

    public void Dispose()
    {
        _writer.Dispose();
        _database.Dispose();
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(250)]
    public async Task A_user_who_asks_for_little_is_in_the_next_batch_however_much_another_has_asked_for_before(int cost)
    {
        using (var hold = await _writer.HoldAsync())
        {
            for (var i = 0; i < 2_000; i++) Enqueue("loud", i, cost);
            Enqueue("quiet", 0);
        }

        _writer.Queue.Dispose();
        _ran.Take(_sink.Batches.ElementAt(1)).Should().Contain("quiet 0");
        _sink.Batches.Sum().Should().Be(2_002, "all are done, with the one that held the writer");
    }

    [Test]
    public async Task A_user_with_many_connections_gets_no_more_than_one_with_as_much_to_do()
    {
        using (var hold = await _writer.HoldAsync())
        {
            for (var i = 0; i < 3_000; i++) Enqueue("loud", i);
            for (var i = 0; i < 256; i++) Enqueue("quiet", i);
        }

        _writer.Queue.Dispose();
        _ran.Take(512).Count(job => job.StartsWith("quiet", StringComparison.Ordinal)).Should().Be(256, "each gets half of a batch");
    }

    [Test]
    public async Task The_jobs_of_each_user_and_the_servers_own_stay_in_their_order()
    {
        string[] users = ["ann", "bob", "carol"];
        using (var hold = await _writer.HoldAsync())
        {
            for (var i = 0; i < 1_000; i++)
            {
                foreach (var user in users) Enqueue(user, i, cost: 1 + ((i * 7) % 40));
                var own = i;
                _ = _writer.Queue.RunAsync(_ => _ran.Enqueue(FormattableString.Invariant($"own {own}")));
            }
        }

        _writer.Queue.Dispose();
        foreach (var user in users.Append("own"))
        {
            _ran.Where(job => job.StartsWith(user, StringComparison.Ordinal)).Should().Equal(Enumerable.Range(0, 1_000).Select(i => FormattableString.Invariant($"{user} {i}")));
        }
    }

    [Test]
    public async Task Where_all_that_waits_fits_into_a_batch_it_runs_in_the_order_in_which_it_came()
    {
        var came = Enumerable.Range(0, 400).Select(i => (User: i % 3 == 0 ? "ann" : "bob", Number: i)).ToArray();
        using (var hold = await _writer.HoldAsync())
        {
            foreach (var (user, number) in came) Enqueue(user, number);
        }

        _writer.Queue.Dispose();
        _ran.Should().Equal(came.Select(job => FormattableString.Invariant($"{job.User} {job.Number}")));
        _sink.Batches.Should().Equal(1, 400);
    }

    [Test]
    public async Task Own_work_takes_its_turn_among_users_who_ask_for_much()
    {
        Task<bool> own;
        using (var hold = await _writer.HoldAsync())
        {
            for (var i = 0; i < 2_000; i++) Enqueue("loud", i, cost: 100);
            own = _writer.Queue.RunAsync(_ => _ran.Enqueue("own"));
        }

        (await own.OrFailAsync("the own work")).Should().BeTrue();
        _writer.Queue.Dispose();
        _ran.Take(_sink.Batches.ElementAt(1)).Should().Contain("own");
    }

    [Test]
    public async Task A_batch_ends_where_its_jobs_cost_enough_and_a_job_that_costs_more_is_done_all_the_same()
    {
        using (var hold = await _writer.HoldAsync())
        {
            for (var i = 0; i < 6; i++) Enqueue("loud", i, cost: 250);
            Enqueue("loud", 6, cost: 10_000);
            Enqueue("loud", 7);
        }

        _writer.Queue.Dispose();
        _sink.Batches.Should().Equal(1, 3, 3, 1, 1);
    }

    [Test]
    public async Task One_user_alone_fills_a_batch()
    {
        using (var hold = await _writer.HoldAsync())
        {
            for (var i = 0; i < 1_200; i++) Enqueue("ann", i);
        }

        _writer.Queue.Dispose();
        _sink.Batches.Should().Equal(1, 512, 512, 176);
    }

    [Test]
    public async Task A_user_has_no_more_of_a_batch_than_its_share_and_others_have_the_rest()
    {
        using (var hold = await _writer.HoldAsync())
        {
            for (var i = 0; i < 10; i++) Enqueue("dear", i, share: 200);
            for (var i = 0; i < 600; i++) Enqueue("cheap", i);
            // One of each of many users: what their rooms take counts for none of the others.
            for (var i = 0; i < 20; i++) Enqueue(FormattableString.Invariant($"crowd{i}"), 0, share: 200);
        }

        _writer.Queue.Dispose();
        string[] first = [.. _ran.Take(_sink.Batches.ElementAt(1))];
        first.Should().HaveCount(512);
        first.Count(job => job.StartsWith("dear", StringComparison.Ordinal)).Should().Be(3, "with three it has had its share");
        first.Count(job => job.StartsWith("crowd", StringComparison.Ordinal)).Should().Be(20);
        _ran.Where(job => job.StartsWith("dear", StringComparison.Ordinal)).Should().Equal(Enumerable.Range(0, 10).Select(i => FormattableString.Invariant($"dear {i}")));
    }

    [Test]
    public async Task A_user_who_comes_again_and_again_has_a_line_each_time()
    {
        for (var round = 0; round < 3; round++)
        {
            using (var hold = await _writer.HoldAsync())
            {
                for (var i = 0; i < 600; i++) Enqueue(FormattableString.Invariant($"u{(round + i) % 40}"), i);
            }
        }

        _writer.Queue.Dispose();
        _ran.Should().HaveCount(1_800);
    }

    private void Enqueue(string user, int number, int cost = 1, int? share = null) =>
        _writer.Enqueue(user, _ => _ran.Enqueue(FormattableString.Invariant($"{user} {number}")), cost, share: share);
}
