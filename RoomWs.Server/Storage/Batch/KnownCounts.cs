namespace RoomWs.Server.Storage.Batch;

/// <summary>Counts of rows by user, kept up while the batch adds some. Writer's thread only.</summary>
internal sealed class KnownCounts(UndoLog undo)
{
    private Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Whether the batch has forgotten counts, and so has to count again.</summary>
    public bool IsForgotten { get; private set; }

    public bool Knows(string userId) => _counts.ContainsKey(userId);

    public bool TryGet(string userId, out int count) => _counts.TryGetValue(userId, out count);

    public void Load(string userId, int count) => _counts.TryAdd(userId, count);

    /// <summary>Notes what was counted again, in a moment in which nobody else could change it.</summary>
    public void Reload(string userId, int count) => _counts[userId] = count;

    /// <summary>One more, where the count is known.</summary>
    public void Raise(string userId)
    {
        if (!_counts.TryGetValue(userId, out var count)) return;
        _counts[userId] = count + 1;
        undo.Add(() => _counts[userId] = count);
    }

    /// <summary>Forgets all counts, because some may be smaller now, and nobody knows which.</summary>
    public void Forget()
    {
        if (_counts.Count == 0) return;
        var before = _counts;
        IsForgotten = true;
        _counts = new(StringComparer.Ordinal);
        undo.Add(() => _counts = before);
    }

    public void Clear()
    {
        _counts.Clear();
        IsForgotten = false;
    }
}
