using System.Buffers.Text;
using System.Text.Json;
using RoomWs.Bench.Load;

namespace RoomWs.Bench.Work;

/// <summary>A member who follows who else is one, as a client application does; what it makes of that is only read at the end.</summary>
internal sealed class MemberListener : IFrameHandler
{
    private readonly List<byte[]> _changes = [];
    private byte[] _list = [];
    private int _listLength;

    public MemberListener(LoadClient client) => client.Handler = this;

    /// <summary>The version that it knows; 0 where it has not been shown the room.</summary>
    public long Version { get; private set; }

    /// <summary>The bytes of member lists and of changes to them, frames' headers included.</summary>
    public long ListBytes { get; private set; }

    /// <summary>All bytes that it got.</summary>
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

    /// <summary>The members by the last list, and the changes that came after it.</summary>
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
