using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Fanout;

namespace RoomWs.Tests.Fanout;

internal sealed class BatchWindowTests
{
    [Test]
    public void It_expects_as_many_as_were_answered_and_have_come_since_where_the_send_was_to_many_sockets()
    {
        Expected(jobs: 4, sockets: 64, waiting: 3).Should().Be(7);
        Expected(jobs: 1, sockets: 16, waiting: 0).Should().Be(1);
    }

    [Test]
    public void It_expects_nobody_where_the_send_was_cheaper_than_the_commit()
    {
        Expected(jobs: 4, sockets: 63, waiting: 3).Should().Be(0);
        Expected(jobs: 1, sockets: 0, waiting: 5).Should().Be(0);
    }

    [Test]
    public void Those_that_have_come_are_counted_after_the_send_which_they_came_during()
    {
        var waiting = 0;
        var window = new BatchWindow(() =>
        {
            waiting = 5;
            return 100;
        });

        window.EndBatch(2, () => waiting);

        window.ExpectedJobs().Should().Be(7);
    }

    [Test]
    public void A_quiet_batch_ends_what_was_expected_of_the_one_before()
    {
        var sockets = 100;
        var window = new BatchWindow(() => sockets);
        window.EndBatch(1, () => 0);
        sockets = 1;
        window.EndBatch(1, () => 0);

        window.ExpectedJobs().Should().Be(0);
    }

    [Test]
    public void After_a_send_that_fails_nobody_is_waited_for()
    {
        var fails = false;
        var window = new BatchWindow(() => fails ? throw new InvalidOperationException("on purpose") : 100);
        window.EndBatch(1, () => 0);
        fails = true;
        var send = () => window.EndBatch(1, () => 0);

        send.Should().Throw<InvalidOperationException>();
        window.ExpectedJobs().Should().Be(0);
    }

    [Test]
    public void Where_they_do_not_come_the_attempts_become_rarer_up_to_one_in_sixty_five_batches()
    {
        var window = new BatchWindow(() => 100);

        // How many batches take what there is between two that wait in vain.
        var pauses = Enumerable.Range(0, 9).Select(_ =>
        {
            BatchesWithoutWaiting(window);
            window.Waited(allCame: false);
            return BatchesWithoutWaiting(window);
        });

        pauses.Should().Equal(1, 2, 4, 8, 16, 32, 64, 64, 64);
    }

    [Test]
    public void Where_they_come_again_each_batch_is_waited_for_and_the_pauses_begin_anew()
    {
        var window = new BatchWindow(() => 100);
        for (var i = 0; i < 5; i++) window.Waited(allCame: false);
        BatchesWithoutWaiting(window).Should().Be(16);

        window.Waited(allCame: true);
        BatchesWithoutWaiting(window).Should().Be(0);

        window.Waited(allCame: false);
        BatchesWithoutWaiting(window).Should().Be(1);
    }

    [Test]
    public void Batches_that_nobody_would_be_waited_for_use_up_no_pause()
    {
        var sockets = 100;
        var window = new BatchWindow(() => sockets);
        window.Waited(allCame: false);
        sockets = 0;
        for (var i = 0; i < 10; i++)
        {
            window.EndBatch(1, () => 0);
            window.ExpectedJobs().Should().Be(0);
        }

        sockets = 100;
        BatchesWithoutWaiting(window).Should().Be(1);
    }

    private static int Expected(int jobs, int sockets, int waiting)
    {
        var window = new BatchWindow(() => sockets);
        window.EndBatch(jobs, () => waiting);
        return window.ExpectedJobs();
    }

    private static int BatchesWithoutWaiting(BatchWindow window)
    {
        for (var batches = 0; ; batches++)
        {
            window.EndBatch(1, () => 0);
            if (window.ExpectedJobs() > 0) return batches;
        }
    }
}
