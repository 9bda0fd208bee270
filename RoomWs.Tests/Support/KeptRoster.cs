using System.Text.Json;

namespace RoomWs.Tests.Support;

/// <summary>The members of one room as protocol.md tells a client with MEMBER_DELTAS to keep them.</summary>
internal sealed class KeptRoster
{
    private readonly OrderedDictionary<string, string> _roles = new(StringComparer.Ordinal);

    /// <summary>Begins with a roster such as "alice=OWNER bob=MEMBER".</summary>
    public KeptRoster(string roster, long version)
    {
        Version = version;
        foreach (var member in roster.Split(' ')) _roles.Add(member.Split('=')[0], member.Split('=')[1]);
    }

    /// <summary>Begins with a message that shows the whole room.</summary>
    public KeptRoster(JsonElement room)
        : this(room.Roster(), room.Version())
    {
    }

    public long Version { get; private set; }

    /// <summary>In order of joining.</summary>
    public IEnumerable<string> UserIds => _roles.Keys;

    public override string ToString() => string.Join(' ', _roles.Select(member => $"{member.Key}={member.Value}"));

    /// <summary>Takes in a ROOM_MEMBERS_CHANGED; false where something is missing before it.</summary>
    public bool Take(JsonElement delta)
    {
        if (delta.Version() <= Version) return true;
        if (delta.Number("fromVersion") > Version) return false;

        foreach (var userId in delta.Texts("removed")) _roles.Remove(userId);
        foreach (var added in delta.GetProperty("added").EnumerateArray())
        {
            _roles.Remove(added.Text("userId"));
            _roles.Add(added.Text("userId"), added.Text("role"));
        }

        foreach (var role in delta.GetProperty("roles").EnumerateObject())
        {
            if (_roles.ContainsKey(role.Name)) _roles[role.Name] = role.Value.GetString()!;
        }

        Version = delta.Version();
        return true;
    }

    /// <summary>Takes in a ROOM_UPDATED, which changes nothing about the members; false where something is missing before it.</summary>
    public bool TakeMeta(JsonElement updated)
    {
        if (updated.Version() > Version + 1) return false;
        Version = Math.Max(Version, updated.Version());
        return true;
    }
}
