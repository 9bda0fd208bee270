using System.Text;
using RoomWs.Protocol;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Model;

/// <summary>
/// A room at one version. Immutable: a change makes a new snapshot. Encoded messages and lookup tables are made on first use and kept.
/// May be used from any thread without a lock: two threads that make the same at once make equal ones.
/// </summary>
internal sealed class RoomSnapshot(string id, string epoch, RoomMeta meta, long version, long updatedAt, Member[] members, MemberChange? change = null)
{
    /// <summary>Up to this number of members, a scan is as fast as a table and takes no memory.</summary>
    private const int ScanLimit = 16;

    /// <summary>The approximate bytes per member in ROOM_MEMBERS_UPDATED: its id twice, and its role.</summary>
    private const int ExpectedMemberBytes = 64;

    private long _replyBytes;
    private string[]? _memberIds;
    private Dictionary<string, RoomRole>? _roles;
    private OutboundMessage? _info;
    private OutboundMessage? _membersUpdated;
    private OutboundMessage? _membersChanged;

    public string Id => id;

    /// <summary>Tells the room from another that had, or will have, its id.</summary>
    public string Epoch => epoch;

    public RoomMeta Meta => meta;

    public long Version => version;

    public long UpdatedAt => updatedAt;

    /// <summary>In order of joining.</summary>
    public ReadOnlySpan<Member> Members => members;

    public int MemberCount => members.Length;

    /// <summary>The change that made this version from the one before. Null if it was not a change of members, or is no longer known.</summary>
    public MemberChange? Change => change;

    /// <summary>About the bytes of the longest reply that shows the room, which has each member's id three times. Two threads count the same.</summary>
    public long ReplyBytes
    {
        get
        {
            if (_replyBytes == 0) Volatile.Write(ref _replyBytes, CountReplyBytes());
            return Volatile.Read(ref _replyBytes);
        }
    }

    /// <summary>In order of joining.</summary>
    public IReadOnlyList<string> MemberIds => _memberIds ??= Array.ConvertAll(members, member => member.UserId);

    /// <summary>The reply to ROOM_INFO. It is the most frequent read, so it is encoded once per version.</summary>
    public OutboundMessage Info => _info ??= new RoomCreated(ToRoom());

    /// <summary>The ROOM_MEMBERS_UPDATED of this version. Encoded when it is first sent, because in a burst of changes most are replaced before that.</summary>
    public OutboundMessage MembersUpdated => _membersUpdated ??= new(MessageTypes.RoomMembersUpdated, 256 + (ExpectedMemberBytes * members.Length), ToMembersUpdated);

    /// <summary>The ROOM_MEMBERS_CHANGED of this version only. Use it only if <see cref="Change"/> is not null.</summary>
    public OutboundMessage MembersChanged => _membersChanged ??= new RoomMembersChanged(
        id,
        version - 1,
        version,
        updatedAt,
        [.. change!.Added.Select(member => new AddedMember(member.UserId, member.Role))],
        change.Removed is { } removed ? [removed] : [],
        change.Roles);

    /// <summary>Whether a request that names this version, or none, is about the room as it is here.</summary>
    public bool IsAt(long? ifVersion) => ifVersion is null || ifVersion == version;

    /// <summary>Whether <see cref="RoleOf"/> costs next to nothing: it does once the table is made, and in small rooms.</summary>
    public bool KnowsRoles => members.Length <= ScanLimit || _roles is not null;

    public RoomRole? RoleOf(string userId)
    {
        if (members.Length > ScanLimit)
        {
            _roles ??= members.ToDictionary(member => member.UserId, member => member.Role, StringComparer.Ordinal);
            return _roles.TryGetValue(userId, out var role) ? role : null;
        }

        foreach (var member in members)
        {
            if (member.UserId == userId) return member.Role;
        }

        return null;
    }

    public RoomSnapshot WithMeta(RoomMeta newMeta, long newVersion, long at) => new(id, epoch, newMeta, newVersion, at, members);

    public RoomSnapshot With(MemberChange newChange, long newVersion, long at)
    {
        var next = new List<Member>(members.Length + newChange.Added.Count);
        foreach (var member in members)
        {
            if (member.UserId == newChange.Removed) continue;
            next.Add(newChange.Roles.TryGetValue(member.UserId, out var role) ? member with { Role = role } : member);
        }

        return new(id, epoch, meta, newVersion, at, [.. next, .. newChange.Added], newChange);
    }

    /// <summary>The same version with its change. For a room that was read from the database after the change.</summary>
    public RoomSnapshot MadeBy(MemberChange itsChange) => new(id, epoch, meta, version, updatedAt, members, itsChange);

    public Room ToRoom() => new(id, epoch, meta, version, updatedAt, MemberIds, Roles());

    /// <summary>The reply to a user who has become a member, or was one already.</summary>
    public JoinRoomResponse ToJoinResponse(bool alreadyMember, long now) => new(
        Success: true,
        id,
        new RoomInfo(id, meta.Name, meta.ThumbnailUrl, meta.CreatedAt, meta.CreatedBy, MemberCount, version, updatedAt),
        MemberIds,
        ToRoom(),
        alreadyMember,
        now);

    private long CountReplyBytes()
    {
        // Beside the ids: their quotes and commas, a role; and once a room's name and what else there is of it.
        const int perMember = 24;
        const int others = 1_024;
        var ids = 0L;
        foreach (var member in members) ids += Encoding.UTF8.GetByteCount(member.UserId);
        return others + (3 * ids) + (perMember * members.Length);
    }

    private RoomMembersUpdated ToMembersUpdated() =>
        new(id, MemberIds, Roles(), version, updatedAt, meta.Name, meta.ThumbnailUrl);

    // In order of joining like MemberIds, so that a person who reads the message finds the same order in both.
    private OrderedDictionary<string, RoomRole> Roles()
    {
        var roles = new OrderedDictionary<string, RoomRole>(members.Length, StringComparer.Ordinal);
        foreach (var member in members) roles.Add(member.UserId, member.Role);
        return roles;
    }
}
