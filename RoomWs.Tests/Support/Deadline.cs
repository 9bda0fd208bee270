using System.Runtime.CompilerServices;

namespace RoomWs.Tests.Support;

/// <summary>The one real time limit of tests: far longer than anything takes, so that reaching it means that it never comes.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(60);

    public static async Task<T> OrFailAsync<T>(this Task<T> task, string what, [CallerMemberName] string? caller = null)
    {
        await ((Task)task).OrFailAsync(what, caller);
        return await task;
    }

    public static async Task OrFailAsync(this Task task, string what, [CallerMemberName] string? caller = null)
    {
        try
        {
            await task.WaitAsync(Span);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{caller}: {what} did not come within {Span.TotalSeconds:0} s.", late);
        }
    }

    /// <summary>Looks again and again until it is so: for what the server does by itself, and tells nobody.</summary>
    public static Task UntilAsync(Func<bool> isSo, string what) => UntilAsync(() => Task.FromResult(isSo()), what);

    public static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        using var patience = new CancellationTokenSource(Span);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await isSo())
        {
            if (patience.IsCancellationRequested) throw new TimeoutException($"It did not come to this within {Span.TotalSeconds:0} s: {what}.");
            await look.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
