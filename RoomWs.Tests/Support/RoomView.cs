using System.Text.Json;

namespace RoomWs.Tests.Support;

/// <summary>What one socket knows of rooms from the messages that it got, as a client would keep it. Notes when they do not fit together.</summary>
/// <param name="userId">Whose socket it is.</param>
/// <param name="prefix">What the ids of the rooms that count begin with.</param>
internal sealed class RoomView(string userId, string prefix)
{
    private readonly SortedDictionary<string, ViewedRoom> _rooms = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _waitingFor = new(StringComparer.Ordinal);
    private string? _approved;

    public List<string> Faults { get; } = [];

    /// <summary>The rooms that this socket has asked to be let into, and has not heard from.</summary>
    public string WaitingFor => string.Join(' ', _waitingFor);

    public override string ToString() => string.Join("; ", _rooms.Select(room => $"{room.Key} {room.Value}"));

    public void Take(JsonElement frame)
    {
        var id = frame.Has("room") ? frame.Room().Text("id") : frame.Has("roomId") ? frame.Text("roomId") : "";
        if (!id.StartsWith(prefix, StringComparison.Ordinal)) return;
        switch (frame.Type())
        {
            case "ROOM_CREATED" or "ROOM_JOIN_RESPONSE":
                Set(id, frame.Room().Meta().Text("name"), frame.Room(), maySayAgain: true);
                break;
            case "ROOM_JOIN_APPROVED":
                if (_rooms.ContainsKey(id)) Faults.Add($"A member got {frame.GetRawText()}");
                Set(id, frame.Room().Meta().Text("name"), frame.Room(), maySayAgain: false);
                _approved = id;
                break;
            case "ROOM_MEMBERS_UPDATED" when frame.Texts("members").Contains(userId, StringComparer.Ordinal):
                // A reply to a request that changed nothing repeats the version, as does the list that follows an approval; no other does.
                Set(id, frame.Text("name"), frame, maySayAgain: frame.Has("correlationId") || _approved == id);
                _approved = null;
                break;
            case "ROOM_MEMBERS_CHANGED" when !frame.Texts("removed").Contains(userId, StringComparer.Ordinal):
                TakeDelta(id, frame);
                break;
            case "ROOM_UPDATED":
                var before = _rooms[id];
                if (frame.Version() != before.Version + 1) Faults.Add($"After version {before.Version} came {frame.GetRawText()}");
                var patch = frame.GetProperty("patch");
                _rooms[id] = before with { Name = patch.Has("name") ? patch.Text("name") : before.Name, Version = frame.Version() };
                break;
            case "ROOM_DELETED" or "ROOM_LEAVE_RESPONSE" or "ROOM_MEMBERS_UPDATED" or "ROOM_MEMBERS_CHANGED":
                _rooms.Remove(id);
                _waitingFor.Remove(id);
                break;
            default:
                TakeRequest(id, frame);
                break;
        }
    }

    private void TakeRequest(string id, JsonElement frame)
    {
        switch (frame.Type())
        {
            case "ROOM_JOIN_PENDING":
                _waitingFor.Add(id);
                break;
            case "ROOM_JOIN_REQUESTED" when !_rooms.TryGetValue(id, out var room) || room.RoleOf(userId) is "MEMBER":
                Faults.Add($"Who cannot decide it got {frame.GetRawText()}");
                break;
            case "ROOM_JOIN_REQUESTED":
                var (asker, requestId) = (frame.Text("userId"), frame.Text("requestId"));
                // The same one may come again to who rises in the room; another one may not, while the first is not known to have ended.
                if (!_rooms[id].Requests.TryAdd(asker, requestId) && _rooms[id].Requests[asker] != requestId) Faults.Add($"A second request came: {frame.GetRawText()}");
                break;
            case "ROOM_JOIN_DENIED" or "ROOM_JOIN_CANCELLED" when frame.Text("userId") == userId:
                _waitingFor.Remove(id);
                break;
            case "ROOM_JOIN_DENIED" or "ROOM_JOIN_CANCELLED":
                if (!_rooms.TryGetValue(id, out var led) || !led.Requests.Remove(frame.Text("userId"))) Faults.Add($"Of an unknown request came {frame.GetRawText()}");
                break;
        }
    }

    private void TakeDelta(string roomId, JsonElement delta)
    {
        var before = _rooms[roomId];
        if (delta.Number("fromVersion") != before.Version || delta.Version() != before.Version + 1) Faults.Add($"After version {before.Version} came {delta.GetRawText()}");
        var kept = new KeptRoster(before.Roster, before.Version);
        kept.Take(delta);
        _rooms[roomId] = before with { Version = kept.Version, Roster = kept.ToString() };
        EndRequests(_rooms[roomId], kept.UserIds);
    }

    private void Set(string roomId, string name, JsonElement room, bool maySayAgain)
    {
        var isKnown = _rooms.TryGetValue(roomId, out var before);
        if (isKnown && room.Version() != before!.Version + 1 && !(maySayAgain && room.Version() == before.Version))
        {
            Faults.Add($"After version {before.Version} came {room.GetRawText()}");
        }

        var after = new ViewedRoom(name, room.Version(), room.Roster(), before?.Requests ?? new(StringComparer.Ordinal));
        EndRequests(after, room.Texts("members"));
        _rooms[roomId] = after;
        _waitingFor.Remove(roomId);
    }

    private void EndRequests(ViewedRoom room, IEnumerable<string> members)
    {
        foreach (var member in members) room.Requests.Remove(member);
        if (room.RoleOf(userId) is "MEMBER") room.Requests.Clear();
    }

    private sealed record ViewedRoom(string Name, long Version, string Roster, SortedDictionary<string, string> Requests)
    {
        public string RoleOf(string user) => Roster.Split(' ').Select(member => member.Split('=')).Single(member => member[0] == user)[1];

        public override string ToString() => $"\"{Name}\" v{Version} {Roster} [{string.Join(' ', Requests.Keys)}]";
    }
}
