namespace RoomWs.Server.Storage;

/// <summary>A job of the server's own, rather than a client's change. No client gets a reply from it.</summary>
internal sealed class InternalJob(Action<WriteScope> work, Action? committed) : WriteJob
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Ends with whether the job was committed. Does not carry the cause of a failure: the queue logs that, except when the job was run alone in a
    /// storage outage.
    /// </summary>
    public Task<bool> Done => _done.Task;

    public override void Run(WriteScope write) => work(write);

    public override void Committed()
    {
        committed?.Invoke();
        _done.SetResult(true);
    }

    public override void Failed(Exception cause) => _done.SetResult(false);
}
