using System.Collections.Concurrent;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Which rooms each socket has entered, or is about to, by id. A socket that has entered none takes no memory. May be used from any thread. Entries are added
/// under the room's gate. They are removed under it when a membership or a room ends, and without it when a socket exits or ends.
/// </summary>
internal sealed class RoomEntries
{
    private readonly ConcurrentDictionary<ClientConnection, ConcurrentDictionary<string, bool>> _rooms = new();

    /// <summary>The rooms that any socket has entered.</summary>
    public IReadOnlySet<string> Rooms => _rooms.Values.SelectMany(rooms => rooms.Keys).ToHashSet(StringComparer.Ordinal);

    /// <summary>The number of rooms that a socket has entered.</summary>
    public int Count(ClientConnection connection) => _rooms.TryGetValue(connection, out var rooms) ? rooms.Count : 0;

    public void Add(ClientConnection connection, string roomId) =>
        _rooms.GetOrAdd(connection, static _ => new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal))[roomId] = true;

    public bool Remove(ClientConnection connection, string roomId) => _rooms.TryGetValue(connection, out var rooms) && rooms.TryRemove(roomId, out _);

    /// <summary>Removes the socket. Returns the ids of the rooms it had entered.</summary>
    public ICollection<string> RemoveAll(ClientConnection connection) => _rooms.TryRemove(connection, out var rooms) ? rooms.Keys : [];
}
