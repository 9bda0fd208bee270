namespace RoomWs.Server.Storage.Batch;

/// <summary>How to undo what the running batch has changed in memory: of one job alone, or of all. Writer's thread only.</summary>
internal sealed class UndoLog
{
    private readonly List<(Action Undo, bool IsOfRow)> _undo = [];
    private int _ofJob;

    /// <summary>How many changes of rows there were, those that were undone included. A job that has not raised it has changed nothing.</summary>
    public long Changes { get; private set; }

    /// <summary>How to undo a change of a row.</summary>
    public void Add(Action undo)
    {
        Changes++;
        _undo.Add((undo, true));
    }

    /// <summary>How to undo what a job has done beside the rows.</summary>
    public void AddBeside(Action undo) => _undo.Add((undo, false));

    /// <summary>Called before each job.</summary>
    public void BeginJob() => _ofJob = _undo.Count;

    /// <summary>Undoes the running job alone.</summary>
    /// <param name="failed">Called with what goes wrong; the rest is undone all the same.</param>
    public void UndoJob(Action<Exception> failed) => UndoFrom(_ofJob, withRows: true, failed);

    /// <summary>Undoes what all jobs of the batch have done beside the rows, which are forgotten with the batch: some may be written already.</summary>
    /// <param name="failed">As for one job.</param>
    public void UndoBatch(Action<Exception> failed) => UndoFrom(0, withRows: false, failed);

    /// <summary>Called when the batch is committed.</summary>
    public void Clear() => _undo.Clear();

    private void UndoFrom(int first, bool withRows, Action<Exception> failed)
    {
        for (var i = _undo.Count - 1; i >= first; i--)
        {
            if (!withRows && _undo[i].IsOfRow) continue;
            try
            {
                _undo[i].Undo();
            }
            catch (Exception cause)
            {
                failed(cause);
            }
        }

        _undo.RemoveRange(first, _undo.Count - first);
    }
}
