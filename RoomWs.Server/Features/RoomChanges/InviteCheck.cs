using RoomWs.Protocol.Connection;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>Whether a code lets somebody in: the one judgement, for ROOM_INVITE_ACCEPT and for ROOM_JOIN with a code.</summary>
internal static class InviteCheck
{
    /// <summary>The invite that a code is for, if it still holds; else why not.</summary>
    /// <param name="code">The code.</param>
    /// <param name="roomId">The room that it has to be for; null where any will do.</param>
    /// <param name="write">Where to look.</param>
    public static (StoredInvite? Invite, ErrorReply? Refusal) Find(string code, string? roomId, WriteScope write)
    {
        if (write.Invites.FindByHash(InviteCodes.Hash(code)) is not { } invite) return (null, InviteErrors.NotFound);
        // A code of another room is no code of this one; which it is of, and what became of it there, is not the caller's to know.
        if (roomId is not null && invite.RoomId != roomId) return (null, InviteErrors.NotFound);
        if (invite.UsedAt is not null) return (null, InviteErrors.Used);
        return invite.ExpiresAt <= write.Now ? (null, InviteErrors.Expired) : (invite, null);
    }
}
