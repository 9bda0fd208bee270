using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>What one socket is told of the cursors: all that moved or went, but its own.</summary>
/// <param name="frames">What moved or went.</param>
/// <param name="mover">The user whose cursor to leave out; null for none.</param>
internal sealed class CursorNews(CursorFrames frames, string? mover) : DeferredFrame
{
    private byte[]? _event;

    public override int EventBytes => frames.Bytes;

    public override byte[] Event => _event ??= frames.Build(mover);

    /// <summary>A cursor that moved in both is told at its newest place, and one that only the older tells of is told still.</summary>
    public override DeferredFrame After(DeferredFrame older) => older is CursorNews before
        ? new CursorNews(frames.Behind(before.Frames), mover ?? before.Mover)
        : this;

    private CursorFrames Frames => frames;

    private string? Mover => mover;
}
