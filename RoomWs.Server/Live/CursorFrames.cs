using System.Text.Json;
using RoomWs.Protocol;
using RoomWs.Protocol.Live;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Live;

/// <summary>
/// The ROOM_CURSORS frames of one tick. Each cursor is encoded once; all who did not move share one frame, and whoever did gets the same
/// without its own cursor, put together from the encoded pieces.
/// </summary>
internal sealed class CursorFrames
{
    private readonly List<(string UserId, byte[] Json)> _cursors;
    private readonly byte[] _head;
    private readonly byte[] _tail;
    private byte[]? _shared;

    public CursorFrames(string roomId, IReadOnlyList<Cursor> cursors, IReadOnlyList<string> gone)
    {
        _cursors = [.. cursors.Select(cursor => (cursor.UserId, JsonSerializer.SerializeToUtf8Bytes(cursor, ProtocolJson.Wire.Cursor)))];
        // A room's id needs no escapes.
        _head = System.Text.Encoding.ASCII.GetBytes($$"""{"type":"{{MessageTypes.RoomCursors}}","roomId":"{{roomId}}","cursors":[""");
        _tail = gone.Count == 0 ? "]}"u8.ToArray() : [.. "],\"gone\":"u8, .. JsonSerializer.SerializeToUtf8Bytes(gone, ProtocolJson.Wire.IReadOnlyListString), .. "}"u8];
        HasGone = gone.Count > 0;
    }

    private bool HasGone { get; }

    /// <summary>The frame for a socket; null where there is nothing for it.</summary>
    /// <param name="mover">The user whose cursor to leave out; null for none.</param>
    public byte[]? For(string? mover)
    {
        if (mover is null) return _shared ??= Build(null);
        return _cursors.Count == 1 && !HasGone ? null : Build(mover);
    }

    private byte[] Build(string? mover)
    {
        var others = _cursors.Where(cursor => cursor.UserId != mover).Select(cursor => cursor.Json).ToArray();
        var length = _head.Length + others.Sum(json => json.Length) + Math.Max(others.Length - 1, 0) + _tail.Length;
        var frame = GC.AllocateUninitializedArray<byte>(FrameHeader.LengthFor(length) + length);
        var at = FrameHeader.Write(frame, length);
        Append(_head);
        for (var i = 0; i < others.Length; i++)
        {
            if (i > 0) frame[at++] = (byte)',';
            Append(others[i]);
        }

        Append(_tail);
        return frame;

        void Append(byte[] bytes)
        {
            bytes.CopyTo(frame, at);
            at += bytes.Length;
        }
    }
}
