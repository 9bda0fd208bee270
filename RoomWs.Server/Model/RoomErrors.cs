using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;

namespace RoomWs.Server.Model;

/// <summary>The refusals that several commands share.</summary>
internal static class RoomErrors
{
    public static readonly ErrorReply NotFound = new(ErrorCode.NotFound, "There is no such room.");

    public static readonly ErrorReply NotIn = new(ErrorCode.NotFound, "You are not a member of such a room.");

    public static readonly ErrorReply NotAMember = new(ErrorCode.NotFound, "That user is not a member of the room.");

    public static readonly ErrorReply NoRequest = new(ErrorCode.NotFound, "There is no such join request; it may have been decided or cancelled.");

    public static readonly ErrorReply SlugTaken = new(ErrorCode.Conflict, "slug is taken by another room.");

    public static ErrorReply Forbidden(RoomRole? role) => new(
        ErrorCode.Forbidden,
        role is null ? "You are not a member of this room." : $"Your role {role.Value.ToString().ToUpperInvariant()} does not allow this.");

    public static ErrorReply Stale(long expected, long present) => new(
        ErrorCode.Conflict,
        $"ifVersion is {expected}, but the room is at version {present}; read it again and decide anew.",
        Version: present);

    public static ErrorReply TooManyRequests(int limit) => new(
        ErrorCode.Conflict,
        $"The room has {limit} join requests that nobody has decided yet, which is the limit (JoinRequestsPerRoom). Ask again when some are decided.",
        Reason: "TOO_MANY_JOIN_REQUESTS");

    /// <summary>The room would have too many members. <paramref name="code"/> tells what failed because of that.</summary>
    public static ErrorReply RoomFull(ErrorCode code, int limit) => new(code, $"The room can have at most {limit} members (MembersPerRoom).");

    /// <summary>The caller has as many rooms of its own as it may have.</summary>
    public static ErrorReply TooManyRooms(ErrorCode code, int limit) =>
        new(code, $"You have made and joined {limit} rooms, which is the limit (RoomsPerUser).");

    /// <summary>Another user has. The message tells no number: in how many rooms it is, is nobody else's business.</summary>
    public static ErrorReply TooManyRooms(ErrorCode code, string userId) =>
        new(code, $"User {userId} has as many rooms as it may make and join (RoomsPerUser).");

    /// <summary>A user is in as many rooms as others may put it into. Tells no number either.</summary>
    public static ErrorReply AddedToTooMany(ErrorCode code, string userId) =>
        new(code, $"User {userId} cannot be added to any more rooms (AddedRoomsPerUser); it can still join by itself.");
}
