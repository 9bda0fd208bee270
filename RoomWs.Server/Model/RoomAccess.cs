using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;

namespace RoomWs.Server.Model;

/// <summary>
/// A room and the caller's role in it, read in the writer's turn. A handler gets it after the role was checked for what the command
/// requires.
/// </summary>
internal sealed record RoomAccess
{
    public required string RoomId { get; init; }

    public long Version { get; init; }

    public JoinPolicy JoinPolicy { get; init; }

    public int MemberCount { get; init; }

    /// <summary>The caller's role. Null if the caller is not a member.</summary>
    public RoomRole? Role { get; init; }

    /// <summary>The refusal if the caller may not do this too; null if it may. For actions that a command requires only for some targets.</summary>
    public ErrorReply? Refuse(RoomAction action) => RoomPermissions.Refuse(Role, action);

    /// <summary>The refusal if the request named another version than this one. Null if it named this version or none.</summary>
    public ErrorReply? RefuseStale(long? ifVersion) => ifVersion is { } expected && expected != Version ? RoomErrors.Stale(expected, Version) : null;
}
