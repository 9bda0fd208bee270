using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>What users have left of what they may do in a minute, where the database keeps that for several nodes. Writer's thread only.</summary>
internal sealed class BatchAllowances(BatchRows rows, Prefetch prefetch)
{
    /// <summary>How often one was changed.</summary>
    public long Changes { get; private set; }

    /// <summary>Whether it was read with the batch, and is this batch's alone until that ends.</summary>
    public bool Knows(string userId, AllowanceKind kind) => rows.Allowances.Knows((userId, kind));

    /// <summary>Whether the batch has taken nothing from it, so that it is what it seems to be whatever becomes of the batch.</summary>
    public bool IsUntouched(string userId, AllowanceKind kind) =>
        !rows.IsPartlyWritten && rows.Allowances.TryGet((userId, kind), out var now) && ReferenceEquals(now, rows.Allowances.Stored((userId, kind)));

    /// <summary>When the user's token bucket will be full again, as <see cref="StoredAllowance.TicksOf"/> counts. 0 for a full one.</summary>
    public long FullAt(string userId, AllowanceKind kind)
    {
        if (!Knows(userId, kind)) prefetch.LoadLate(needs => needs.Allowances.Add((userId, kind)));
        return rows.Allowances.TryGet((userId, kind), out var row) && row is not null ? row.FullAt : 0;
    }

    public void Save(string userId, AllowanceKind kind, long fullAt)
    {
        rows.Allowances.Write((userId, kind), new StoredAllowance(fullAt));
        Changes++;
    }
}
