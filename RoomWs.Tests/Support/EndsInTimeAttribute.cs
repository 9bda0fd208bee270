using System.Collections.Concurrent;
using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace RoomWs.Tests.Support;

/// <summary>
/// Ends the whole run, with the name of the test, when one hangs: nothing can abort a thread, and a run that waits for ever tells nobody anything. The limit
/// is far more than any test takes, on any machine.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class EndsInTimeAttribute : Attribute, ITestAction
{
    private static readonly TimeSpan Limit = TestScale.Time(shortRun: TimeSpan.FromMinutes(10), longRun: TimeSpan.FromHours(6));

    private readonly ConcurrentDictionary<string, Timer> _running = new(StringComparer.Ordinal);

    public ActionTargets Targets => ActionTargets.Test;

    public void BeforeTest(ITest test) =>
        _running[test.Id] = new Timer(static name => Environment.FailFast($"{name} did not end within {Limit.TotalMinutes:0} minutes: it hangs."), test.FullName, Limit, Timeout.InfiniteTimeSpan);

    public void AfterTest(ITest test)
    {
        if (_running.TryRemove(test.Id, out var timer)) timer.Dispose();
    }
}
