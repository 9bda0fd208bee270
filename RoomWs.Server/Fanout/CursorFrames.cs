using System.Text;
using System.Text.Json;
using RoomWs.Protocol;
using RoomWs.Protocol.Live;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>
/// The ROOM_CURSORS frames of one tick, or of several ticks merged for a slow reader. Each cursor is encoded once. All sockets that moved no
/// cursor share one frame. A socket that moved its cursor gets a frame without it, assembled from the encoded pieces.
/// May be used from any thread: two threads that make the same frame at once make equal ones.
/// </summary>
internal sealed class CursorFrames
{
    private readonly byte[] _head;
    private readonly Dictionary<string, byte[]> _cursors;
    private readonly HashSet<string> _gone;
    private CursorNews? _toOthers;
    private Merged? _merged;

    public CursorFrames(string roomId, IEnumerable<Cursor> cursors, IEnumerable<string> gone)
        : this(
            // FieldRules allows only characters in a room id that need no JSON escape.
            Encoding.ASCII.GetBytes($$"""{"type":"{{MessageTypes.RoomCursors}}","roomId":"{{roomId}}","cursors":["""),
            cursors.ToDictionary(cursor => cursor.UserId, cursor => JsonSerializer.SerializeToUtf8Bytes(cursor, ProtocolJson.Wire.Cursor), StringComparer.Ordinal),
            gone.ToHashSet(StringComparer.Ordinal))
    {
    }

    private CursorFrames(byte[] head, Dictionary<string, byte[]> cursors, HashSet<string> gone)
    {
        (_head, _cursors, _gone) = (head, cursors, gone);
        Bytes = head.Length + cursors.Values.Sum(json => json.Length + 1) + Tail().Length;
    }

    /// <summary>The approximate length of a frame.</summary>
    public int Bytes { get; }

    /// <summary>What to send to one socket. Null if there is nothing for it.</summary>
    /// <param name="mover">The user whose cursor to leave out. Null to leave out none.</param>
    public CursorNews? For(string? mover)
    {
        if (mover is null) return _toOthers ??= new CursorNews(this, null);
        return _cursors.Count == 1 && _gone.Count == 0 ? null : new CursorNews(this, mover);
    }

    /// <summary>Merges these frames with older ones that were not sent. Sockets that are equally far behind share the result.</summary>
    public CursorFrames Behind(CursorFrames older)
    {
        if (_merged is { } made && ReferenceEquals(made.Older, older)) return made.Both;

        var cursors = new Dictionary<string, byte[]>(older._cursors, StringComparer.Ordinal);
        foreach (var userId in _gone) cursors.Remove(userId);
        foreach (var (userId, json) in _cursors) cursors[userId] = json;
        var both = new CursorFrames(_head, cursors, [.. older._gone.Union(_gone).Where(userId => !cursors.ContainsKey(userId))]);
        _merged = new Merged(older, both);
        return both;
    }

    public byte[] Build(string? mover)
    {
        var others = _cursors.Where(cursor => cursor.Key != mover).Select(cursor => cursor.Value).ToArray();
        var tail = Tail();
        var length = _head.Length + others.Sum(json => json.Length) + Math.Max(others.Length - 1, 0) + tail.Length;
        var frame = GC.AllocateUninitializedArray<byte>(FrameHeader.LengthFor(length) + length);
        var at = FrameHeader.Write(frame, length);
        Append(_head);
        for (var i = 0; i < others.Length; i++)
        {
            if (i > 0) frame[at++] = (byte)',';
            Append(others[i]);
        }

        Append(tail);
        return frame;

        void Append(byte[] bytes)
        {
            bytes.CopyTo(frame, at);
            at += bytes.Length;
        }
    }

    private byte[] Tail() => _gone.Count == 0
        ? "]}"u8.ToArray()
        : [.. "],\"gone\":"u8, .. JsonSerializer.SerializeToUtf8Bytes([.. _gone], ProtocolJson.Wire.IReadOnlyListString), .. "}"u8];

    private sealed record Merged(CursorFrames Older, CursorFrames Both);
}
