using RoomWs.Protocol.Members;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Model;

/// <summary>
/// Several changes of a room's members in a row, merged into one ROOM_MEMBERS_CHANGED. It holds how each user ended up, not the steps on the
/// way, so a client that has the list of any version in between can apply it too.
/// </summary>
internal sealed class MergedChange
{
    private readonly OrderedDictionary<string, RoomRole> _added = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RoomRole> _roles = new(StringComparer.Ordinal);

    /// <summary>Merges the changes that made these versions. They must be consecutive, and each a change of members.</summary>
    public MergedChange(ReadOnlySpan<RoomSnapshot> versions)
    {
        foreach (var version in versions) Take(version.Change!);

        var (first, last) = (versions[0], versions[^1]);
        Message = versions.Length == 1 ? last.MembersChanged : new RoomMembersChanged(
            last.Id,
            first.Version - 1,
            last.Version,
            last.UpdatedAt,
            [.. _added.Select(member => new AddedMember(member.Key, member.Value))],
            [.. _removed],
            _roles);
    }

    public OutboundMessage Message { get; }

    /// <summary>Whether the user became a member by these changes. Then its sockets may not have the list yet.</summary>
    public bool Adds(string userId) => _added.ContainsKey(userId);

    private void Take(MemberChange change)
    {
        if (change.Removed is { } gone)
        {
            // Keep the removal even if one of these changes added the user: a client may have been told of the addition already.
            _removed.Add(gone);
            _added.Remove(gone);
            _roles.Remove(gone);
        }

        foreach (var (userId, role) in change.Roles)
        {
            if (_added.ContainsKey(userId)) _added[userId] = role;
            else _roles[userId] = role;
        }

        foreach (var member in change.Added)
        {
            _removed.Remove(member.UserId);
            _added[member.UserId] = member.Role;
        }
    }
}
