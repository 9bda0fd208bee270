using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;

namespace RoomWs.Server.Model;

/// <summary>A room as one caller stands to it: the little that decides whether a change is allowed.</summary>
internal sealed record RoomAccess
{
    public required string RoomId { get; init; }

    public long Version { get; init; }

    public JoinPolicy JoinPolicy { get; init; }

    public int MemberCount { get; init; }

    /// <summary>Null where the caller is no member.</summary>
    public RoomRole? Role { get; init; }

    /// <summary>Why the caller may not do this to the room as it is; null where it may.</summary>
    public ErrorReply? Refuse(RoomAction action, long? ifVersion)
    {
        if (!RoomPermissions.Allow(Role, action)) return RoomErrors.Forbidden(Role);
        return ifVersion is { } expected && expected != Version ? RoomErrors.Stale(expected, Version) : null;
    }
}
