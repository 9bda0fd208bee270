using System.Collections.Concurrent;
using System.Text.Json;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Soak;

/// <summary>What all clients of a soak share: the rooms that there are, codes that were handed over, and the count of what was done. For any thread.</summary>
internal sealed class SoakWorld(string url, int users, int mostRooms)
{
    private const int MostCodes = 64;
    private const int MostFaults = 20;

    /// <summary>What a request may run into because another was faster, the room is full, or the policy has it so.</summary>
    private static readonly HashSet<string> Expected = new(StringComparer.Ordinal) { "NOT_FOUND", "FORBIDDEN", "CONFLICT", "JOIN_FAILED", "CREATE_FAILED" };

    private readonly Lock _gate = new();
    private readonly List<string> _rooms = [];
    private readonly ConcurrentDictionary<string, int> _done = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _codes = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private long _requests;
    private long _reconnects;

    public string Url => url;

    public int Users => users;

    public long Requests => Interlocked.Read(ref _requests);

    public long Reconnects => Interlocked.Read(ref _reconnects);

    /// <summary>The first things that cannot be.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>The types of requests that succeeded.</summary>
    public IEnumerable<string> Kinds => _done.Keys;

    public bool HasDone(string type) => _done.ContainsKey(type);

    public bool IsFull
    {
        get { lock (_gate) return _rooms.Count >= mostRooms; }
    }

    public void Fault(string what)
    {
        if (_faults.Count < MostFaults) _faults.Enqueue(what);
    }

    public void Count(string type, JsonElement reply)
    {
        Interlocked.Increment(ref _requests);
        if (reply.Code() is null) _done.AddOrUpdate(type, 1, static (_, count) => count + 1);
    }

    public void CountReconnect() => Interlocked.Increment(ref _reconnects);

    public void CheckRefusal(string code, JsonElement refusal)
    {
        if (!Expected.Contains(code)) Fault(refusal.GetRawText());
    }

    public void AddRoom(string roomId)
    {
        lock (_gate) _rooms.Add(roomId);
    }

    public void RemoveRoom(string roomId)
    {
        lock (_gate) _rooms.Remove(roomId);
    }

    public string? AnyRoom(Random random)
    {
        lock (_gate) return _rooms.Count == 0 ? null : _rooms[random.Next(_rooms.Count)];
    }

    public void HandOver(string code)
    {
        if (_codes.Count < MostCodes) _codes.Enqueue(code);
    }

    public string? TakeCode() => _codes.TryDequeue(out var code) ? code : null;
}
