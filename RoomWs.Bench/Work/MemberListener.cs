using System.Buffers.Text;
using System.Text.Json;
using RoomWs.Bench.Load;

namespace RoomWs.Bench.Work;

/// <summary>Follows the member list of a room as a client application does. The messages are only parsed when the load is over.</summary>
internal sealed class MemberListener : IFrameHandler
{
    private readonly List<byte[]> _changes = [];
    private byte[] _list = [];
    private int _listLength;

    public MemberListener(LoadClient client) => client.Handler = this;

    /// <summary>The room's version in the last message; 0 if there was none yet.</summary>
    public long Version { get; private set; }

    /// <summary>Bytes of member lists and of deltas, including the headers of frames.</summary>
    public long ListBytes { get; private set; }

    /// <summary>Bytes of all messages, including the headers of frames.</summary>
    public long Bytes { get; private set; }

    public void StartCounting() => (ListBytes, Bytes) = (0, 0);

    public void Received(LoadClient client, ReadOnlySpan<byte> payload)
    {
        var frame = payload.Length + payload.Length switch { < 126 => 2, <= ushort.MaxValue => 4, _ => 10 };
        Bytes += frame;
        if (payload.StartsWith("{\"type\":\"ROOM_MEMBERS_CHANGED\""u8)) _changes.Add(payload.ToArray());
        else if (payload.StartsWith("{\"type\":\"ROOM_MEMBERS_UPDATED\""u8)) KeepList(payload);
        else
        {
            if (payload.StartsWith("{\"type\":\"ROOM_CREATED\""u8)) KeepList(payload);
            return;
        }

        ListBytes += frame;
        Version = VersionIn(payload);
    }

    /// <summary>Returns the members: the last list with the deltas after it.</summary>
    public HashSet<string> Members()
    {
        using var list = JsonDocument.Parse(_list.AsMemory(0, _listLength));
        var room = list.RootElement.TryGetProperty("room", out var shown) ? shown : list.RootElement;
        var members = room.GetProperty("members").EnumerateArray().Select(member => member.GetString()!).ToHashSet(StringComparer.Ordinal);
        foreach (var bytes in _changes)
        {
            using var change = JsonDocument.Parse(bytes);
            foreach (var added in change.RootElement.GetProperty("added").EnumerateArray()) members.Add(added.GetProperty("userId").GetString()!);
            foreach (var removed in change.RootElement.GetProperty("removed").EnumerateArray()) members.Remove(removed.GetString()!);
        }

        return members;
    }

    private void KeepList(ReadOnlySpan<byte> payload)
    {
        if (_list.Length < payload.Length) _list = new byte[2 * payload.Length];
        payload.CopyTo(_list);
        _listLength = payload.Length;
        _changes.Clear();
        Version = VersionIn(payload);
    }

    private static long VersionIn(ReadOnlySpan<byte> payload)
    {
        var name = "\"version\":"u8;
        return Utf8Parser.TryParse(payload[(payload.LastIndexOf(name) + name.Length)..], out long version, out _)
            ? version
            : throw new LoadException("A list of members has no version.");
    }
}
