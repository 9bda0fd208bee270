using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>
/// A room in use. A thread that tells a socket about a version of the room holds <see cref="Gate"/> from reading <see cref="Snapshot"/>
/// until the message is queued, so that no socket gets an older state after a newer one. A thread that holds the gate never calls the
/// database.
/// </summary>
internal sealed class LiveRoom
{
    private RoomSnapshot? _snapshot;
    private long _told;
    private long _presenceTold;

    public RoomGate Gate { get; } = new();

    /// <summary>Held while the room is read from the database, so that of several threads that need it only one reads. Never taken under the gate.</summary>
    public Lock Loading { get; } = new();

    /// <summary>The last committed version. Null before the first load and once retired. Set under the gate; may be read from any thread.</summary>
    public RoomSnapshot? Snapshot
    {
        get => Volatile.Read(ref _snapshot);
        set => Volatile.Write(ref _snapshot, value);
    }

    /// <summary>How many changes of the room, messages included, were told since it came into use. Counted under the gate.</summary>
    public long Told => Volatile.Read(ref _told);

    /// <summary>How many times a member was told to be online or offline since the room came into use. Counted under the gate.</summary>
    public long PresenceTold => Volatile.Read(ref _presenceTold);

    /// <summary>The live state. Null while no socket has entered the room. Under the gate.</summary>
    public LiveState? Live { get; set; }

    /// <summary>The changes that sockets with member deltas were not told yet. Null if there are none. Under the gate.</summary>
    public MemberDeltas? PendingDeltas { get; set; }

    /// <summary>Set once this object is out of the directory. A thread that still holds it has to ask the directory again. Under the gate.</summary>
    public bool Retired { get; set; }

    /// <summary>When the room was last asked for, as a timestamp of the directory's clock.</summary>
    public long LastUsed { get; set; }

    /// <summary>
    /// The position of the last change of another node that was told while the room was not in memory. What was read before it is too old. Under the gate.
    /// </summary>
    public long ToldAt { get; set; }

    /// <summary>
    /// Whether it was read in the middle of other nodes' changes, and the last of those that it shows is still to be told: nobody is shown the room until then. Changed
    /// under the gate.
    /// </summary>
    public bool IsAhead { get; set; }

    /// <summary>Counts a change that is being told. Under the gate.</summary>
    public void CountToldLocked() => Volatile.Write(ref _told, _told + 1);

    /// <summary>Counts a presence that is being told. Under the gate.</summary>
    public void CountPresenceToldLocked() => Volatile.Write(ref _presenceTold, _presenceTold + 1);

    /// <summary>Sends the pending deltas to all sockets that take deltas. Under the gate.</summary>
    public void TellDeltasLocked(LocalMembers members, ConnectionRegistry connections, SendBatch batch)
    {
        // Taken first: what cannot be told now cannot be told with the next change either, and would keep that from being told.
        var deltas = PendingDeltas;
        PendingDeltas = null;
        deltas?.TellAll(members, connections, batch);
    }
}
