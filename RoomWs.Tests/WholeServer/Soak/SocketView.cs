using System.Globalization;
using System.Text.Json;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Soak;

/// <summary>
/// What one socket knows of its rooms from what it was sent, and of the rooms that it was told it is out of. Notes what cannot be. Unlike
/// <see cref="RoomView"/> it lives through reconnects, and knows that a list of members may stand in for older ones.
/// </summary>
internal sealed class SocketView(string userId, Action<string> fault)
{
    private readonly Dictionary<string, ViewedRoom> _rooms = new(StringComparer.Ordinal);
    private readonly HashSet<string> _left = new(StringComparer.Ordinal);
    private readonly ChatPlaces _places = new(fault);

    public IEnumerable<string> RoomIds => _rooms.Keys;

    /// <summary>The rooms in which this socket's user may do what only OWNERs and ADMINs may.</summary>
    public IEnumerable<string> LedRoomIds => _rooms.Where(room => RoleIn(room.Value) is "OWNER" or "ADMIN").Select(room => room.Key);

    public IEnumerable<string> OwnedRoomIds => _rooms.Where(room => RoleIn(room.Value) is "OWNER").Select(room => room.Key);

    public ChatPlaces Places => _places;

    public string[] MembersOf(string roomId) => _rooms.TryGetValue(roomId, out var room) ? [.. room.Roster.UserIds] : [];

    /// <summary>Compares the room, as it is known now, with how a message shows it, as far as the socket was told.</summary>
    public Func<JsonElement, (string Here, string There)> Shows(string roomId)
    {
        var room = _rooms[roomId];
        var (here, fields) = (room.ToString(), room.Meta.Keys.ToHashSet(StringComparer.Ordinal));
        return shown =>
        {
            // Whoever was added by another was told the name and the picture of the room, and no more.
            var there = ViewedRoom.Of(shown);
            return (here, (there with { Meta = there.Meta.Where(field => fields.Contains(field.Key)).ToDictionary() }).ToString());
        };
    }

    /// <summary>Another connection begins: it has been told nothing yet, and what is known may have changed meanwhile.</summary>
    public void Reconnect()
    {
        _rooms.Clear();
        _left.Clear();
        _places.Reconnect();
    }

    public void Take(JsonElement frame)
    {
        var type = frame.Type();
        var id = frame.Has("room") ? frame.Room().Text("id") : frame.Has("roomId") ? frame.Text("roomId") : "";
        switch (type)
        {
            case "ROOM_CREATED" or "ROOM_JOIN_RESPONSE" or "ROOM_JOIN_APPROVED" or "ROOM_STATE":
                Set(id, ViewedRoom.Of(frame.Room()), frame);
                break;
            case "ROOM_MEMBERS_UPDATED" when frame.Texts("members").Contains(userId, StringComparer.Ordinal):
                var meta = _rooms.TryGetValue(id, out var known) ? new Dictionary<string, string>(known.Meta) : [];
                foreach (var name in new[] { "name", "thumbnailUrl" }) meta[name] = frame.GetProperty(name).ToString();
                Set(id, new ViewedRoom(new KeptRoster(frame), meta), frame);
                break;
            case "ROOM_MEMBERS_CHANGED" when !frame.Texts("removed").Contains(userId, StringComparer.Ordinal):
                // Of a room that this connection has not been shown yet, changes mean nothing.
                if (_rooms.TryGetValue(id, out var changed) && !changed.Roster.Take(frame)) Fault(id, $"something is missing before {frame}");
                break;
            case "ROOM_UPDATED":
                TakeMeta(id, frame);
                break;
            case "ROOM_DELETED" or "ROOM_LEAVE_RESPONSE" or "ROOM_MEMBERS_UPDATED" or "ROOM_MEMBERS_CHANGED":
                Leave(id);
                break;
            default:
                if (type is "ROOM_MESSAGE" or "ROOM_TYPING" or "ROOM_CURSORS" or "ROOM_BOARD_UPDATED" && _left.Contains(id)) Fault(id, $"it is out, and got {frame}");
                _places.Take(id, frame);
                break;
        }
    }

    private void TakeMeta(string id, JsonElement frame)
    {
        if (_left.Contains(id)) Fault(id, $"it is out, and got {frame}");
        if (!_rooms.TryGetValue(id, out var room)) return;
        if (frame.Version() <= room.Version) Fault(id, $"after version {room.Version} came {frame}");

        // Lists of members before it may have given way to a newer one, which is on its way then.
        if (!room.Roster.TakeMeta(frame))
        {
            _rooms[id] = room = room.AtUnknownRoster(frame.Version());
            _places.Forget(id);
        }

        foreach (var field in frame.GetProperty("patch").EnumerateObject()) room.Meta[field.Name] = field.Value.ToString();
    }

    private void Set(string id, ViewedRoom after, JsonElement frame)
    {
        if (_rooms.TryGetValue(id, out var before))
        {
            if (after.Version < before.Version) Fault(id, $"after version {before.Version} came {frame}");
            if (after.Version == before.Version && before.IsRosterKnown && after.Roster.ToString() != before.Roster.ToString()) Fault(id, $"{before} is not {frame}");
        }

        // Among what gave way to this there may have been the end of a membership, and it is not told what was said until it began anew.
        if (frame.Type() == "ROOM_MEMBERS_UPDATED" && after.Version > (before?.Version ?? 0) + 1) _places.Forget(id);

        _rooms[id] = after;
        _left.Remove(id);
    }

    private void Leave(string id)
    {
        _rooms.Remove(id);
        _places.Forget(id);
        _left.Add(id);
    }

    private string? RoleIn(ViewedRoom room) => room.Roster.ToString().Split(' ').FirstOrDefault(member => member.StartsWith(userId + '=', StringComparison.Ordinal))?[(userId.Length + 1)..];

    private void Fault(string id, string what) => fault($"{userId} in {id}: {what}");

    /// <summary>A room with what is known of its meta; the version is the roster's.</summary>
    private sealed record ViewedRoom(KeptRoster Roster, Dictionary<string, string> Meta)
    {
        private static readonly string[] Fields = ["name", "thumbnailUrl", "slug", "joinPolicy", "activeBoardId"];

        public long Version => Roster.Version;

        public bool IsRosterKnown { get; private init; } = true;

        public static ViewedRoom Of(JsonElement room) => new(new KeptRoster(room), Fields.ToDictionary(field => field, field => room.Meta().GetProperty(field).ToString()));

        public ViewedRoom AtUnknownRoster(long version) => new(new KeptRoster(Roster.ToString(), version), Meta) { IsRosterKnown = false };

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"v{Version} {Roster} {string.Join(' ', Meta.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value}"))}");
    }
}
