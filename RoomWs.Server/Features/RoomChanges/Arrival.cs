using RoomWs.Protocol.Members;
using RoomWs.Server.Model;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>The messages about a user who asked to come in: by a join, a code or an approved request. Users who are added get none of these.</summary>
internal static class Arrival
{
    /// <summary>Tells the room who has joined. The caller must send the member list after it.</summary>
    public static RoomEvent Notice(RoomSnapshot after, string userId, string username) =>
        RoomEvent.MemberNotice(new RoomMemberJoined(after.Id, userId, username, RoomRole.Member, after.UpdatedAt), RoomAudience.Members);
}
