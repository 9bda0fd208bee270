using System.Collections.Concurrent;
using RoomWs.Protocol.Live;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Fanout;

/// <summary>The users whose ONLINE was told last, on whichever node they are, with their names. Changed right before it is told, by the one thread that tells; may be read from any.</summary>
internal sealed class ShownUsers
{
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>An estimate.</summary>
    public int Count => _names.Count;

    public IReadOnlyList<PresentUser> All => [.. _names.Select(user => new PresentUser(user.Key, user.Value))];

    public bool Contains(string userId) => _names.ContainsKey(userId);

    /// <summary>Takes in what is told next. False if it is shown already, and so not to be told.</summary>
    public bool Take(PresenceEvent next) => next.Status == PresenceStatus.Online ? _names.TryAdd(next.UserId, next.Username) : _names.TryRemove(next.UserId, out _);

    /// <summary>What has to be told, and taken in, for these to be the ones who are shown.</summary>
    public IEnumerable<PresenceEvent> Missing(IReadOnlyList<PresentUser> present, long at)
    {
        var online = present.Select(user => user.UserId).ToHashSet(StringComparer.Ordinal);
        return _names
            .Where(user => !online.Contains(user.Key))
            .Select(user => new PresenceEvent(user.Key, user.Value, PresenceStatus.Offline, at))
            .Concat(present.Where(user => !Contains(user.UserId)).Select(user => new PresenceEvent(user.UserId, user.Username, PresenceStatus.Online, at)));
    }
}
