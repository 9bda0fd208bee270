using RoomWs.Protocol;
using RoomWs.Protocol.Connection;

namespace RoomWs.Server.Model;

/// <summary>The refusals about an invite or its code.</summary>
internal static class InviteErrors
{
    public static readonly ErrorReply NotFound = new(ErrorCode.NotFound, "Invitation not found");

    public static readonly ErrorReply Used = new(ErrorCode.Conflict, "Invitation already used");

    public static readonly ErrorReply Expired = new(ErrorCode.Conflict, "Invitation expired");

    public static readonly ErrorReply AlreadyMember = new(ErrorCode.Conflict, "Already a member");

    public static ErrorReply TooMany(int limit) => new(
        ErrorCode.Conflict,
        $"The room has {limit} invites that nobody has used yet, which is the limit (InvitesPerRoom). Revoke some, or wait until they are used or expire.",
        Reason: "TOO_MANY_INVITES");
}
