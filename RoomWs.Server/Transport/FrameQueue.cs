using System.Buffers;

namespace RoomWs.Server.Transport;

/// <summary>Frames in order. Borrows its array from the pool while it has any, so that a connection with nothing to send holds none.</summary>
internal struct FrameQueue
{
    private const int FirstCapacity = 16;

    private byte[][]? _frames;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public void Add(byte[] frame)
    {
        _frames ??= ArrayPool<byte[]>.Shared.Rent(FirstCapacity);
        if (Count == _frames.Length)
        {
            var larger = ArrayPool<byte[]>.Shared.Rent(2 * Count);
            _frames.CopyTo(larger, 0);
            GiveBack(_frames);
            _frames = larger;
        }

        _frames[Count++] = frame;
        Bytes += frame.Length;
    }

    /// <summary>Takes all frames out; the array is to be given back.</summary>
    public (byte[][] Frames, int Count) TakeAll()
    {
        var taken = (_frames ?? [], Count);
        (_frames, Count, Bytes) = (null, 0, 0);
        return taken;
    }

    public void Drop()
    {
        if (Count > 0) GiveBack(TakeAll().Frames);
    }

    public static void GiveBack(byte[][] frames) => ArrayPool<byte[]>.Shared.Return(frames, clearArray: true);
}
