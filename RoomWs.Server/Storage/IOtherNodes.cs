using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>
/// The changes that other nodes commit to the same database: they are told here, too, each at its place in the order of all commits, so that clients cannot tell on
/// which node a change was made. Writer's thread only.
/// </summary>
internal interface IOtherNodes
{
    /// <summary>Tells what others have committed before what a batch of this node has to tell. Does not fail: whoever loses its place in the order closes its clients.</summary>
    void TellBefore(CommitPlace place);

    /// <summary>Called when a batch of this node is told.</summary>
    void Told(CommitPlace place);

    /// <summary>Tells all that others have committed up to a position, between two batches of this node.</summary>
    void CatchUpTo(long position);

    /// <summary>Tells all that others have committed by now, between two batches of this node.</summary>
    void CatchUp();
}

/// <summary>There are none: this node is the only one that changes the database.</summary>
internal sealed class NoOtherNodes : IOtherNodes
{
    public void TellBefore(CommitPlace place)
    {
    }

    public void Told(CommitPlace place)
    {
    }

    public void CatchUpTo(long position)
    {
    }

    public void CatchUp()
    {
    }
}
