using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;

namespace RoomWs.Server.Model;

/// <summary>
/// A room as one caller stands to it, at the moment of a change. A handler gets it after the caller's role was checked for what the
/// command requires.
/// </summary>
internal sealed record RoomAccess
{
    public required string RoomId { get; init; }

    public long Version { get; init; }

    public JoinPolicy JoinPolicy { get; init; }

    public int MemberCount { get; init; }

    /// <summary>Null where the caller is no member.</summary>
    public RoomRole? Role { get; init; }

    /// <summary>Why the caller may not do this as well; null where it may. For what a command requires only for some of its targets.</summary>
    public ErrorReply? Refuse(RoomAction action) => RoomPermissions.Refuse(Role, action);

    /// <summary>Why the change is not to be made on this version; null where it is, or where the request named none.</summary>
    public ErrorReply? RefuseStale(long? ifVersion) => ifVersion is { } expected && expected != Version ? RoomErrors.Stale(expected, Version) : null;
}
