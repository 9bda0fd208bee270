using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>
/// A room in use. Whoever tells a socket about a version of it holds <see cref="Gate"/> from reading <see cref="Snapshot"/> to
/// queueing the message, so that no socket gets an older state behind a newer one.
/// </summary>
internal sealed class LiveRoom
{
    private RoomSnapshot? _snapshot;

    public Lock Gate { get; } = new();

    /// <summary>The last committed version; null before the first load and once retired.</summary>
    public RoomSnapshot? Snapshot
    {
        get => Volatile.Read(ref _snapshot);
        set => Volatile.Write(ref _snapshot, value);
    }

    /// <summary>What is fleeting about the room, under the gate; null while no socket has entered it.</summary>
    public LiveState? Live { get; set; }

    /// <summary>What the sockets that take deltas have yet to hear, under the gate; null while that is nothing.</summary>
    public MemberDeltas? Untold { get; set; }

    /// <summary>Set, under the gate, once this object is out of the directory; whoever still holds it has to ask again.</summary>
    public bool Retired { get; set; }

    /// <summary>When it was last asked for, in the timestamps of the directory's clock.</summary>
    public long LastUsed { get; set; }

    /// <summary>Lets the sockets that take deltas hear what they have not heard yet. Under the gate.</summary>
    public void TellDeltas(ConnectionRegistry connections, SendBatch batch)
    {
        Untold?.TellAll(connections, batch);
        Untold = null;
    }
}
