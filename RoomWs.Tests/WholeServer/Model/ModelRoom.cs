using System.Collections.Immutable;

namespace RoomWs.Tests.WholeServer.Model;

internal sealed record ModelMember(string User, string Role);

/// <summary>An invite as protocol.md says that it is; one that was revoked, or whose room is gone, is gone too.</summary>
internal sealed record ModelInvite(string Room, string CreatedBy, long CreatedAt, long ExpiresAt, string? UsedBy = null, bool IsGone = false);

/// <summary>A room as protocol.md says that it is.</summary>
internal sealed record ModelRoom(string Name, string Policy, long Version, ImmutableList<ModelMember> Members)
{
    /// <summary>Who asks to be let in, in the order of asking.</summary>
    public ImmutableList<string> Asking { get; init; } = [];

    public string Roster => string.Join(' ', Members.Select(member => $"{member.User}={member.Role}"));

    public string? RoleOf(string user) => Members.Find(member => member.User == user)?.Role;

    /// <summary>Whether the user decides who comes in, and so hears who asks, and makes codes that count.</summary>
    public bool IsLedBy(string user) => RoleOf(user) is "OWNER" or "ADMIN";

    public ModelRoom With(string user, string role) => this with { Members = Members.ConvertAll(member => member.User == user ? member with { Role = role } : member) };

    /// <summary>With a newcomer, whose request ends whichever way it came.</summary>
    public ModelRoom WithNew(string user) => this with { Members = Members.Add(new(user, "MEMBER")), Asking = Asking.Remove(user) };

    public ModelRoom Without(string user) => this with { Members = Members.RemoveAll(member => member.User == user) };
}
