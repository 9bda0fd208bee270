using System.Collections.Concurrent;

namespace RoomWs.Server.Sessions;

/// <summary>The open connections, all of them and by user. May be used from any thread.</summary>
internal sealed class ConnectionRegistry
{
    private static readonly ClientConnection[] None = [];

    private readonly ConcurrentDictionary<ClientConnection, byte> _all = new();
    private readonly ConcurrentDictionary<string, ClientConnection[]> _ofUser = new(StringComparer.Ordinal);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public IEnumerable<ClientConnection> All => _all.Select(entry => entry.Key);

    /// <summary>The bytes that wait to be sent on all connections. An estimate, because it is read without a lock.</summary>
    public long WaitingBytes => _all.Sum(entry => entry.Key.WaitingBytes);

    /// <summary>A user's connections at this moment. The array behind the span never changes.</summary>
    public ReadOnlySpan<ClientConnection> Of(string userId) => _ofUser.GetValueOrDefault(userId, None);

    /// <summary>The bytes that wait to be sent on all connections of a user. An estimate, too.</summary>
    public long WaitingBytesOf(string userId)
    {
        var waiting = 0L;
        foreach (var connection in Of(userId)) waiting += connection.WaitingBytes;
        return waiting;
    }

    public void Add(ClientConnection connection)
    {
        if (_all.TryAdd(connection, 0)) Interlocked.Increment(ref _count);
    }

    /// <summary>Adds the connection to the user's connections. False if the user's limit (0 = none) is reached.</summary>
    public bool TryIdentify(ClientConnection connection, string userId, int limit)
    {
        while (true)
        {
            var present = _ofUser.GetOrAdd(userId, None);
            if (limit > 0 && present.Length >= limit) return false;
            if (_ofUser.TryUpdate(userId, [.. present, connection], present)) return true;
        }
    }

    /// <summary>Gives one of the user's places to another connection. False if the first has none any more.</summary>
    public bool TryReplace(ClientConnection connection, ClientConnection other, string userId)
    {
        while (_ofUser.TryGetValue(userId, out var present) && present.Contains(connection))
        {
            if (_ofUser.TryUpdate(userId, [.. present.Where(kept => !ReferenceEquals(kept, connection)), other], present)) return true;
        }

        return false;
    }

    public void Remove(ClientConnection connection, string? userId)
    {
        if (_all.TryRemove(connection, out _)) Interlocked.Decrement(ref _count);
        while (userId is not null && _ofUser.TryGetValue(userId, out var present))
        {
            ClientConnection[] rest = [.. present.Where(other => !ReferenceEquals(other, connection))];
            var removed = rest.Length == 0
                ? _ofUser.TryRemove(new KeyValuePair<string, ClientConnection[]>(userId, present))
                : _ofUser.TryUpdate(userId, rest, present);
            if (removed) return;
        }
    }
}
