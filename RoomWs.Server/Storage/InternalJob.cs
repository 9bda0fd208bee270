using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>A job of the server's own, rather than a client's change. No client gets a reply from it, but a user may wait for it.</summary>
internal sealed class InternalJob(Action<WriteScope> work, Action? committed, string? userId, Action<Needs>? need) : WriteJob
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Ends with whether the job was committed. Does not carry the cause of a failure, because the queue logs that. Fails if what has to follow the commit
    /// failed.
    /// </summary>
    public Task<bool> Done => _done.Task;

    public override string? UserId => userId;

    public override void Need(Needs needs) => need?.Invoke(needs);

    public override void Run(WriteScope write) => work(write);

    public override void Committed()
    {
        try
        {
            committed?.Invoke();
            _done.SetResult(true);
        }
        catch (Exception cause)
        {
            // The job is committed, but whoever waits for it must neither go on as if all were well nor wait for ever.
            _done.SetException(cause);
            throw;
        }
    }

    public override void Failed(Exception cause) => _done.SetResult(false);
}
