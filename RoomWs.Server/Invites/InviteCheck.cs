using RoomWs.Protocol.Connection;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Invites;

/// <summary>Whether a code lets somebody in: the one judgement, for ROOM_INVITE_ACCEPT and for ROOM_JOIN with a code.</summary>
internal static class InviteCheck
{
    /// <summary>The invite that a code is for, if it still holds; else why not.</summary>
    public static (StoredInvite? Invite, ErrorReply? Refusal) Find(string code, WriteScope write)
    {
        if (write.Invites.FindByHash(InviteCodes.Hash(code)) is not { } invite) return (null, InviteErrors.NotFound);
        if (invite.UsedAt is not null) return (null, InviteErrors.Used);
        return invite.ExpiresAt <= write.Now ? (null, InviteErrors.Expired) : (invite, null);
    }
}
