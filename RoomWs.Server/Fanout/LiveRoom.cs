using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>
/// A room in use. Whoever tells a socket about a version of it holds <see cref="Gate"/> from reading <see cref="Snapshot"/> to
/// queueing the message, so that no socket gets an older state behind a newer one. Nobody asks the database, or takes another
/// room's gate, while holding it.
/// </summary>
internal sealed class LiveRoom
{
    private RoomSnapshot? _snapshot;
    private long _told;

    public Lock Gate { get; } = new();

    /// <summary>Held by whoever reads the room from the database, so that of many who want it at once one does. Never taken under the gate.</summary>
    public Lock Loading { get; } = new();

    /// <summary>The last committed version; null before the first load and once retired.</summary>
    public RoomSnapshot? Snapshot
    {
        get => Volatile.Read(ref _snapshot);
        set => Volatile.Write(ref _snapshot, value);
    }

    /// <summary>How many changes of the room, messages included, have been told since it was taken into use. Goes up under the gate.</summary>
    public long Told => Volatile.Read(ref _told);

    /// <summary>What is fleeting about the room, under the gate; null while no socket has entered it.</summary>
    public LiveState? Live { get; set; }

    /// <summary>What the sockets that take deltas have yet to hear, under the gate; null while that is nothing.</summary>
    public MemberDeltas? PendingDeltas { get; set; }

    /// <summary>Set, under the gate, once this object is out of the directory; whoever still holds it has to ask again.</summary>
    public bool Retired { get; set; }

    /// <summary>When it was last asked for, in the timestamps of the directory's clock.</summary>
    public long LastUsed { get; set; }

    /// <summary>Notes that a change is told. Under the gate.</summary>
    public void CountTold() => Volatile.Write(ref _told, _told + 1);

    /// <summary>Sends the sockets that take deltas what they have not heard yet. Under the gate.</summary>
    public void TellDeltas(ConnectionRegistry connections, SendBatch batch)
    {
        PendingDeltas?.TellAll(connections, batch);
        PendingDeltas = null;
    }
}
