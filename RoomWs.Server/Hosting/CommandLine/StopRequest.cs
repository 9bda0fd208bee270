using System.Runtime.InteropServices;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>
/// Completes when the process is asked to end: by SIGTERM or SIGINT, or by the end of its standard input. Signals come on threads
/// of their own.
/// </summary>
internal sealed class StopRequest : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signals;

    public StopRequest()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, number: 15)),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, number: 2)),
        ];
    }

    public CancellationToken Asked => _asked.Token;

    /// <summary>Takes the end of <paramref name="input"/> for a request to stop.</summary>
    public async Task WatchAsync(Stream input)
    {
        var buffer = new byte[256];
        while (await input.ReadAsync(buffer) > 0)
        {
            // Whatever the parent writes means nothing; only that it is still there.
        }

        await _asked.CancelAsync();
    }

    public async Task WaitAsync()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = Asked.Register(stopped.SetResult);
        await stopped.Task;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();

        // The source stays: a late signal or the end of the input may still cancel it, and it holds nothing to free.
    }

    private void OnSignal(PosixSignalContext context, int number)
    {
        // Without this the runtime ends the process when the handler returns.
        context.Cancel = true;

        // The second one is from someone who will not wait for the drain.
        if (Interlocked.Increment(ref _signals) > 1) Environment.Exit(ExitCode.Signal + number);
        _asked.Cancel();
    }
}
