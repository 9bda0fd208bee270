using System.Text.Json;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Soak;

/// <summary>
/// The number of the last message that one socket has of each room. From the first that it is told of, each has to be the next one, live or
/// replayed, over all of the socket's connections.
/// </summary>
internal sealed class ChatPlaces(Action<string> fault)
{
    /// <summary>As many as a RESUME replays of a room.</summary>
    public const int MostReplayed = 1_000;

    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);
    private Dictionary<string, long> _asked = [];
    private bool _isResumed;
    private string? _gap;

    public long? Of(string roomId) => _last.TryGetValue(roomId, out var seq) ? seq : null;

    /// <summary>The places to ask for what was missed with; the next RESYNC_START takes them up.</summary>
    public IReadOnlyDictionary<string, long> BeginResume() => _asked = new(_last);

    /// <summary>What comes before it resumes is among the replayed.</summary>
    public void Reconnect() => _isResumed = false;

    public void Forget(string roomId) => _last.Remove(roomId);

    public void Take(string roomId, JsonElement frame)
    {
        switch (frame.Type())
        {
            case "RESYNC_START":
                // Of these alone each message comes once from here on; of the others the next one tells.
                _last.Clear();
                foreach (var (id, seq) in _asked) _last[id] = seq;
                (_isResumed, _gap) = (true, null);
                break;
            case "RESYNC_COMPLETE":
                if (_gap is not null && !frame.GetProperty("truncated").GetBoolean()) fault(_gap);
                break;
            case "ROOMS_SNAPSHOT":
                // What was left while it was away is not told of any more.
                var present = frame.GetProperty("rooms").EnumerateArray().Select(row => row.Text("id")).ToHashSet(StringComparer.Ordinal);
                foreach (var gone in _last.Keys.Where(id => !present.Contains(id)).ToList()) _last.Remove(gone);
                break;
            case "ROOM_MESSAGE" when frame.Has("correlationId"):
                if (!Next(roomId, frame)) _gap ??= $"{roomId}: {frame} was not the next";
                break;
            case "ROOM_MESSAGE_RESPONSE" when frame.GetProperty("duplicate").GetBoolean():
                if (Of(roomId) < frame.Number("seq")) fault($"{roomId}: {frame} was said before, but not heard");
                break;
            case "ROOM_MESSAGE" or "ROOM_MESSAGE_RESPONSE" when _isResumed:
                var before = Of(roomId);
                if (!Next(roomId, frame)) fault($"{roomId}: after {before} came {frame}");
                break;
        }
    }

    private bool Next(string roomId, JsonElement message)
    {
        var seq = message.Number("seq");
        var isNext = Of(roomId) is not { } last || seq == last + 1;
        _last[roomId] = seq;
        return isNext;
    }
}
