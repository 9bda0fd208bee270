using RoomWs.Server.Storage;

namespace RoomWs.Tests.Support;

/// <summary>A change of a test, as a client's is to the writer.</summary>
internal sealed class KernelJob(Action<WriteScope> run, Action? committed = null, Action<Exception>? failed = null, string? userId = null, int cost = 1, int? share = null) : WriteJob
{
    private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when it is completed: why it failed, or null.</summary>
    public Task<Exception?> Ended => _ended.Task;

    public override string? UserId => userId;

    public override int Cost => cost;

    public override int Share => share ?? cost;

    public override void Run(WriteScope write) => run(write);

    public override void Committed()
    {
        // Set first, so that a completion that throws ends it too.
        _ended.SetResult(null);
        committed?.Invoke();
    }

    public override void Failed(Exception cause)
    {
        _ended.SetResult(cause);
        failed?.Invoke(cause);
    }
}
