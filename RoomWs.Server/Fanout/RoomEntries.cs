using System.Collections.Concurrent;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Which rooms each socket has entered, by their ids; a socket that has entered none costs nothing. May be used from any thread: a
/// socket's read loop adds, under the room's gate, and whoever ends the membership or the room takes out under the same.
/// </summary>
internal sealed class RoomEntries
{
    private readonly ConcurrentDictionary<ClientConnection, ConcurrentDictionary<string, bool>> _rooms = new();

    /// <summary>How many rooms a socket has entered.</summary>
    public int Count(ClientConnection connection) => _rooms.TryGetValue(connection, out var rooms) ? rooms.Count : 0;

    public void Add(ClientConnection connection, string roomId) =>
        _rooms.GetOrAdd(connection, static _ => new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal))[roomId] = true;

    public bool Remove(ClientConnection connection, string roomId) => _rooms.TryGetValue(connection, out var rooms) && rooms.TryRemove(roomId, out _);

    /// <summary>Forgets the socket, and gives the rooms that it was in.</summary>
    public ICollection<string> RemoveAll(ClientConnection connection) => _rooms.TryRemove(connection, out var rooms) ? rooms.Keys : [];
}
