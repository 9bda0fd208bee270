using System.Text.Json.Serialization;
using RoomWs.Protocol.Members;

namespace RoomWs.Protocol.Rooms;

/// <summary>Who may join a room without being added by its OWNER or an ADMIN.</summary>
public enum JoinPolicy
{
    /// <summary>Anyone, by ROOM_JOIN.</summary>
    [JsonStringEnumMemberName("OPEN")] Open,

    /// <summary>Users whose join request the OWNER or an ADMIN approves, and users with an invite code.</summary>
    [JsonStringEnumMemberName("APPROVAL")] Approval,

    /// <summary>Users with an invite code. ROOM_LIST shows such a room only to its members and to administrators of the server.</summary>
    [JsonStringEnumMemberName("INVITE")] Invite,
}

/// <summary>A room as its members see it.</summary>
/// <param name="Id">1-128 characters of <c>A-Z a-z 0-9 _ . : -</c>; one the server made begins with <c>room_</c> and sorts by time.</param>
/// <param name="Epoch">Made with the room, and again when its server is restored from a backup. Numbers of messages that were read under another one mean nothing.</param>
/// <param name="Meta">What the room is called and looks like.</param>
/// <param name="Version">1 at first, and 1 more with every change of meta or membership.</param>
/// <param name="UpdatedAt">The time of the last such change, Unix milliseconds.</param>
/// <param name="Members">User ids in order of joining.</param>
/// <param name="Roles">The role of each member; exactly one is OWNER.</param>
public sealed record Room(
    string Id,
    string Epoch,
    RoomMeta Meta,
    long Version,
    long UpdatedAt,
    IReadOnlyList<string> Members,
    IReadOnlyDictionary<string, RoomRole> Roles);

/// <summary>A room's own data.</summary>
/// <param name="Name">1 to NameLength characters (200).</param>
/// <param name="ThumbnailUrl">An absolute http or https URL, or null.</param>
/// <param name="Slug">A second, speaking name, unique on the server: 3-64 of <c>a-z 0-9 -</c>, or null.</param>
/// <param name="JoinPolicy">How users get in.</param>
/// <param name="ActiveBoardId">The board that the room shows, or null.</param>
/// <param name="CreatedAt">Unix milliseconds.</param>
/// <param name="CreatedBy">The user id of the first OWNER.</param>
public sealed record RoomMeta(
    string Name,
    string? ThumbnailUrl,
    string? Slug,
    JoinPolicy JoinPolicy,
    string? ActiveBoardId,
    long CreatedAt,
    string CreatedBy);
