using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>The cursors that one socket is told about: all that moved or are gone, except the one it moved itself.</summary>
/// <param name="frames">The cursors that moved or are gone.</param>
/// <param name="mover">The user whose cursor to leave out. Null to leave out none.</param>
internal sealed class CursorNews(CursorFrames frames, string? mover) : DeferredFrame
{
    private byte[]? _event;

    public override int EventBytes => frames.Bytes;

    public override byte[] Event => _event ??= frames.Build(mover);

    /// <summary>Merges with the older news: the newest place of a cursor in both, and also the cursors that only the older news has.</summary>
    public override DeferredFrame After(DeferredFrame older) => older is CursorNews before
        ? new CursorNews(frames.Behind(before.Frames), mover ?? before.Mover)
        : this;

    private CursorFrames Frames => frames;

    private string? Mover => mover;
}
