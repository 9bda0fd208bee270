namespace RoomWs.Server.Storage;

/// <summary>A change that the server makes by itself, without a client that waits for a reply.</summary>
internal sealed class InternalJob(Action<WriteScope> work, Action? committed) : WriteJob
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it was committed. Nobody else is told of a failure, so the queue logs it.</summary>
    public Task<bool> Done => _done.Task;

    public override void Run(WriteScope write) => work(write);

    public override void Committed()
    {
        committed?.Invoke();
        _done.SetResult(true);
    }

    public override void Failed(Exception cause) => _done.SetResult(false);
}
