using System.Diagnostics;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>The other nodes that are heard of, by the system's own time: how long a node is silent does not depend on what the server takes for the time. For one thread at a time, but for <see cref="IsEmpty"/>.</summary>
internal sealed class BusMembers
{
    /// <summary>A node that is not heard of for so long is gone.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, (string? Name, long Heard)> _members = new(StringComparer.Ordinal);
    private volatile bool _isEmpty = true;

    public bool IsEmpty => _isEmpty;

    /// <summary>Notes that a node is heard of. Returns whether it was not known.</summary>
    public bool Hear(string id, long at)
    {
        var isKnown = _members.TryGetValue(id, out var known);
        _members[id] = (known.Name, at);
        _isEmpty = false;
        return !isKnown;
    }

    /// <summary>Notes what a node is called. Returns the one that was called so before, if it is not known to have gone: it has.</summary>
    public string? Name(string id, string name)
    {
        var before = _members.FirstOrDefault(member => member.Value.Name == name && member.Key != id).Key;
        _members[id] = (name, _members[id].Heard);
        return before;
    }

    public bool Remove(string id)
    {
        var isKnown = _members.Remove(id);
        _isEmpty = _members.Count == 0;
        return isKnown;
    }

    /// <summary>Those of which nothing was heard for too long.</summary>
    public IReadOnlyList<string> Silent(long at) => [.. _members.Where(member => Stopwatch.GetElapsedTime(member.Value.Heard, at) > Silence).Select(member => member.Key)];
}
