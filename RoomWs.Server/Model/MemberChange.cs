using RoomWs.Protocol.Members;

namespace RoomWs.Server.Model;

/// <summary>What one version of a room changed about its members. Immutable.</summary>
/// <param name="Added">The new members.</param>
/// <param name="Removed">The user who is no longer a member. Null if there is none.</param>
/// <param name="Roles">The new roles of users who were members before and still are.</param>
internal sealed record MemberChange(IReadOnlyList<Member> Added, string? Removed, IReadOnlyDictionary<string, RoomRole> Roles)
{
    private static readonly Dictionary<string, RoomRole> NoRoles = [];

    public static MemberChange Joined(IReadOnlyList<Member> members) => new(members, null, NoRoles);

    /// <summary>A membership ended. If it was the owner's, <paramref name="newOwner"/> took the room over.</summary>
    public static MemberChange Ended(string userId, string? newOwner) =>
        new([], userId, newOwner is null ? NoRoles : new Dictionary<string, RoomRole>(StringComparer.Ordinal) { [newOwner] = RoomRole.Owner });

    public static MemberChange OfRoles(IReadOnlyDictionary<string, RoomRole> roles) => new([], null, roles);

    /// <summary>Whether the user became a member or stopped being one by this change.</summary>
    public bool Moved(string userId) => Removed == userId || Added.Any(member => member.UserId == userId);
}
