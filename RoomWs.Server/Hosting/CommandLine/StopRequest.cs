using System.Runtime.InteropServices;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>
/// Completes when the process is asked to stop: by SIGTERM, by SIGINT, or by the end of standard input. The runtime calls the signal
/// handlers on threads of its own.
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

    /// <summary>What has asked for the stop, for the log. Null before.</summary>
    public string? By { get; private set; }

    /// <summary>Whether it was the end of standard input that has asked, and not a signal.</summary>
    public bool IsByInput { get; private set; }

    /// <summary>Requests the stop when standard input ends.</summary>
    public async Task WatchInputAsync()
    {
        var buffer = new byte[256];
        var reason = "the end of standard input";
        try
        {
            await using var input = StandardInput.Open();
            while (await input.ReadAsync(buffer) > 0)
            {
                // What the parent writes is ignored; only the end of the stream counts.
            }
        }
        catch (Exception cause)
        {
            // A stream that cannot be read any more would never be seen to end, and the server would outlive whoever has started it.
            reason = $"standard input, which cannot be read ({cause.GetType().Name}: {cause.Message})";
        }

        IsByInput = By is null;
        By ??= reason;
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

        // _asked is not disposed: a late signal or the end of the input may still cancel it, and it holds nothing to free.
    }

    private void OnSignal(PosixSignalContext context, int number)
    {
        // Otherwise the runtime ends the process when the handler returns.
        context.Cancel = true;

        // A second signal ends the process at once, without the drain.
        if (Interlocked.Increment(ref _signals) > 1) Environment.Exit(ExitCode.Signal + number);
        By ??= number == 15 ? "SIGTERM" : "SIGINT";
        _asked.Cancel();
    }
}
