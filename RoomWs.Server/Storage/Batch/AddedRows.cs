namespace RoomWs.Server.Storage.Batch;

/// <summary>Rows that a batch only adds, in their order. Writer's thread only.</summary>
internal sealed class AddedRows<TRow>(UndoLog undo)
{
    private readonly List<TRow> _rows = [];

    /// <summary>Those that are not written yet.</summary>
    public IReadOnlyList<TRow> Rows => _rows;

    public void Add(TRow row)
    {
        _rows.Add(row);
        undo.Add(() => _rows.RemoveAt(_rows.Count - 1));
    }

    public void Clear() => _rows.Clear();
}
