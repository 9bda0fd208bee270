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
}
