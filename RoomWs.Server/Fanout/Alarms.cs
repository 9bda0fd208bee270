using Microsoft.Extensions.Logging;

namespace RoomWs.Server.Fanout;

/// <summary>Timers of the server's clock. What goes wrong when one is due is logged; on a timer's thread it would end the process.</summary>
internal sealed partial class Alarms(TimeProvider time, ILogger<Alarms> logger)
{
    /// <summary>Makes a timer that is due once. Its callback gets the timer itself.</summary>
    /// <param name="due">What to do then.</param>
    /// <param name="after">The time until then.</param>
    public ITimer Set(Action<ITimer> due, TimeSpan after)
    {
        var timer = Make(due);
        timer.Change(after, Timeout.InfiniteTimeSpan);
        return timer;
    }

    /// <summary>Makes a timer that is due when <see cref="ITimer.Change"/> says so.</summary>
    public ITimer Make(Action<ITimer> due)
    {
        ITimer? timer = null;
        timer = time.CreateTimer(
            _ =>
            {
                try
                {
                    due(timer!);
                }
                catch (Exception cause)
                {
                    LogFailed(cause);
                }
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        return timer;
    }

    [LoggerMessage(5002, LogLevel.Error, "What a timer was set for failed")]
    private partial void LogFailed(Exception cause);
}
