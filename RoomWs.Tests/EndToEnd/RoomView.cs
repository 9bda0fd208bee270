using System.Text.Json;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.EndToEnd;

/// <summary>What one socket knows of rooms from the messages that it got, as a client would keep it. Notes when versions do not rise.</summary>
/// <param name="userId">Whose socket it is.</param>
/// <param name="prefix">What the ids of the rooms that count begin with.</param>
internal sealed class RoomView(string userId, string prefix)
{
    private readonly SortedDictionary<string, (string Name, long Version, string Roster)> _rooms = new(StringComparer.Ordinal);

    public List<string> Faults { get; } = [];

    public override string ToString() => string.Join("; ", _rooms.Select(room => $"{room.Key} \"{room.Value.Name}\" v{room.Value.Version} {room.Value.Roster}"));

    public void Take(JsonElement frame)
    {
        var id = frame.Has("room") ? frame.Room().Text("id") : frame.Has("roomId") ? frame.Text("roomId") : "";
        if (!id.StartsWith(prefix, StringComparison.Ordinal)) return;
        switch (frame.Type())
        {
            case "ROOM_CREATED" or "ROOM_JOIN_RESPONSE":
                Set(id, frame.Room().Meta().Text("name"), frame.Room(), isReply: true);
                break;
            case "ROOM_MEMBERS_UPDATED" when frame.Texts("members").Contains(userId, StringComparer.Ordinal):
                Set(id, frame.Text("name"), frame, frame.Has("correlationId"));
                break;
            case "ROOM_UPDATED":
                var before = _rooms[id];
                if (frame.Version() != before.Version + 1) Faults.Add($"After version {before.Version} came {frame.GetRawText()}");
                _rooms[id] = (frame.GetProperty("patch").Text("name"), frame.Version(), before.Roster);
                break;
            case "ROOM_DELETED" or "ROOM_LEAVE_RESPONSE" or "ROOM_MEMBERS_UPDATED":
                _rooms.Remove(id);
                break;
        }
    }

    private void Set(string roomId, string name, JsonElement room, bool isReply)
    {
        // A reply to a request that changed nothing repeats the version; a broadcast never does.
        if (_rooms.TryGetValue(roomId, out var before) && room.Version() != before.Version + 1 && !(isReply && room.Version() == before.Version))
        {
            Faults.Add($"After version {before.Version} came {room.GetRawText()}");
        }

        _rooms[roomId] = (name, room.Version(), room.Roster());
    }
}
