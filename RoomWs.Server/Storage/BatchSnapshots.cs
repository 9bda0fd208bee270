using RoomWs.Server.Fanout;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>
/// The rooms as the running batch has left them, before anyone may see them: a change builds on the one before it in the same
/// batch, which the directory does not know until the commit. Writer's thread only.
/// </summary>
internal sealed class BatchSnapshots(RoomDirectory directory, RoomLoader loader)
{
    private readonly Dictionary<string, RoomSnapshot> _changed = new(StringComparer.Ordinal);
    private bool _directoryIsBehind;

    /// <summary>The room at the version that the database has now.</summary>
    public RoomSnapshot At(string roomId, long version) =>
        Known(roomId) is { } known && known.Version == version ? known : Load(roomId);

    /// <summary>The room after a change of meta that took it to <paramref name="version"/>.</summary>
    public RoomSnapshot Change(string roomId, long version, Func<RoomSnapshot, RoomSnapshot> change) =>
        Keep(Before(roomId, version) is { } before ? change(before) : Load(roomId));

    /// <summary>The room after a change of members that took it to <paramref name="version"/>.</summary>
    public RoomSnapshot Change(string roomId, long version, MemberChange change, long at) =>
        Keep(Before(roomId, version)?.With(change, version, at) ?? Load(roomId).MadeBy(change));

    public RoomSnapshot Create(RoomSnapshot room) => Keep(room);

    /// <summary>After a job was rolled back: what it left here never was.</summary>
    public void Distrust()
    {
        _changed.Clear();
        _directoryIsBehind = true;
    }

    /// <summary>After the batch: the directory knows what was committed.</summary>
    public void Clear()
    {
        _changed.Clear();
        _directoryIsBehind = false;
    }

    // Anything but the version right before means that what we know is not what was changed; the database is.
    private RoomSnapshot? Before(string roomId, long version) => Known(roomId) is { } known && known.Version == version - 1 ? known : null;

    private RoomSnapshot Keep(RoomSnapshot room)
    {
        _changed[room.Id] = room;
        return room;
    }

    private RoomSnapshot? Known(string roomId)
    {
        if (_changed.TryGetValue(roomId, out var changed)) return changed;
        return _directoryIsBehind ? null : directory.Peek(roomId);
    }

    private RoomSnapshot Load(string roomId) =>
        loader.Load(roomId) ?? throw new InvalidOperationException($"Room {roomId} was changed and cannot be read.");
}
