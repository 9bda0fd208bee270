
namespace RoomWs.Server.Storage.Batch;

/// <summary>
/// The rows of a table that the batch knows: as they are stored, and as the batch leaves them. What is changed several times is written once. Writer's thread only.
/// </summary>
internal sealed class KnownRows<TKey, TRow>(UndoLog undo)
    where TKey : notnull
    where TRow : class
{
    private readonly Dictionary<TKey, KnownRow<TKey, TRow>> _rows = [];
    private readonly List<KnownRow<TKey, TRow>> _written = [];

    /// <summary>Whether it is known what the row is, or that there is none.</summary>
    public bool Knows(TKey key) => _rows.ContainsKey(key);

    /// <summary>The row as the batch leaves it; null if there is none. False if nothing is known of it.</summary>
    public bool TryGet(TKey key, out TRow? row)
    {
        var isKnown = _rows.TryGetValue(key, out var known);
        row = known?.Now;
        return isKnown;
    }

    /// <summary>The row in the table; null if there is none, or nothing is known of it.</summary>
    public TRow? Stored(TKey key) => _rows.TryGetValue(key, out var known) ? known.Stored : null;

    /// <summary>Notes what is stored, unless it is known already.</summary>
    public void Load(TKey key, TRow? row)
    {
        if (!_rows.ContainsKey(key)) _rows.Add(key, new KnownRow<TKey, TRow>(key) { Stored = row, Now = row });
    }

    /// <summary>Sets the row, or deletes it with null. Where it is not known what is stored, the row is written whatever that is.</summary>
    public void Write(TKey key, TRow? row)
    {
        var isNew = !_rows.TryGetValue(key, out var known);
        if (isNew) _rows.Add(key, known = new KnownRow<TKey, TRow>(key) { IsBlind = true });
        Set(known!, row, isNew);
    }

    /// <summary>Adds a row under a key of which the table has none: that is known, or the key was made just now.</summary>
    public void Add(TKey key, TRow row)
    {
        var isNew = !_rows.TryGetValue(key, out var known);
        if (known?.Now is not null) throw new InvalidOperationException($"There is a row under {key} already.");
        if (isNew) _rows.Add(key, known = new KnownRow<TKey, TRow>(key));
        Set(known!, row, isNew);
    }

    /// <summary>The rows that the batch has changed and that are not written yet.</summary>
    public IEnumerable<KnownRow<TKey, TRow>> Changed
    {
        get
        {
            foreach (var row in _written)
            {
                if (row.IsChanged) yield return row;
            }
        }
    }

    /// <summary>Called when all changes are written.</summary>
    public void Written()
    {
        foreach (var row in _written) (row.Stored, row.IsBlind, row.IsListed) = (row.Now, false, false);
        _written.Clear();
    }

    public void Clear()
    {
        _rows.Clear();
        _written.Clear();
    }

    private void Set(KnownRow<TKey, TRow> known, TRow? row, bool isNew)
    {
        var (before, wasBlind) = (known.Now, known.IsBlind);
        known.Now = row;
        if (!known.IsListed)
        {
            known.IsListed = true;
            _written.Add(known);
        }

        undo.Add(() =>
        {
            (known.Now, known.IsBlind) = (before, wasBlind && !isNew);
            if (isNew) _rows.Remove(known.Key);
        });
    }
}

/// <summary>A row that a batch knows.</summary>
internal sealed class KnownRow<TKey, TRow>(TKey key)
    where TRow : class
{
    public TKey Key => key;

    /// <summary>The row in the table; null if there is none.</summary>
    public TRow? Stored { get; set; }

    /// <summary>The row as the batch leaves it; null if there is none.</summary>
    public TRow? Now { get; set; }

    /// <summary>Whether it is not known what is in the table.</summary>
    public bool IsBlind { get; set; }

    /// <summary>Whether it is among those that the batch has written.</summary>
    public bool IsListed { get; set; }

    public bool IsChanged => IsBlind || !ReferenceEquals(Stored, Now);
}
