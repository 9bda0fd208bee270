using RoomWs.Protocol.Members;

namespace RoomWs.Server.Model;

/// <summary>What one version of a room changed about its members.</summary>
/// <param name="Added">Who became a member.</param>
/// <param name="Removed">Who is no member any more.</param>
/// <param name="Roles">The new roles of those who were members before and still are.</param>
internal sealed record MemberChange(IReadOnlyList<Member> Added, string? Removed, IReadOnlyDictionary<string, RoomRole> Roles)
{
    private static readonly Dictionary<string, RoomRole> NoRoles = [];

    public static MemberChange Joined(IReadOnlyList<Member> members) => new(members, null, NoRoles);

    /// <summary>A membership ended, and another member took the room over, if there was need.</summary>
    public static MemberChange Ended(string userId, string? newOwner) =>
        new([], userId, newOwner is null ? NoRoles : new Dictionary<string, RoomRole>(StringComparer.Ordinal) { [newOwner] = RoomRole.Owner });

    public static MemberChange OfRoles(IReadOnlyDictionary<string, RoomRole> roles) => new([], null, roles);

    /// <summary>Whether the user came or went by it.</summary>
    public bool Moved(string userId) => Removed == userId || Added.Any(member => member.UserId == userId);
}
