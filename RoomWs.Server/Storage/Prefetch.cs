using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>Reads what the jobs of a batch have named before they run, and what they have not named when they look at it. Writer's thread only.</summary>
internal sealed class Prefetch(BatchRows rows, IStore store, Action missed)
{
    private readonly Needs _needs = new();

    /// <summary>Begins a batch with all that its jobs name.</summary>
    public void Begin(Action<Needs> name, bool isToWrite)
    {
        try
        {
            name(_needs);
            store.Begin(_needs, rows, isToWrite);
        }
        finally
        {
            _needs.Clear();
        }
    }

    /// <summary>Reads what no job has named. Correct, but it takes a way to the database of its own, so it is counted.</summary>
    public void LoadLate(Action<Needs> name)
    {
        missed();
        Load(name);
    }

    /// <summary>The same of what belongs to a room. Of one that was made in this batch nothing is stored.</summary>
    public void LoadLate(StoredRoom room, Action<RoomNeeds> name)
    {
        if (!rows.IsNew(room.Number)) LoadLate(needs => name(needs.Room(room.Id)));
    }

    /// <summary>Counts what no job has named. What the batch has changed is written before, or it would not be counted.</summary>
    public void CountLate(Action<Needs> name)
    {
        if (rows.HasChanged) store.Write(rows);
        // Counts that were known are forgotten where somebody has left a room; that nobody has named before.
        if (!rows.OwnRooms.IsForgotten && !rows.AddedRooms.IsForgotten) missed();
        Load(name);
    }

    private void Load(Action<Needs> name)
    {
        var needs = new Needs();
        name(needs);
        store.Load(needs, rows);
    }
}
