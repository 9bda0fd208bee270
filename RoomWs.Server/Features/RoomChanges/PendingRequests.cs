using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>Whom a change of the room has to tell about its pending join requests.</summary>
internal static class PendingRequests
{
    /// <summary>The events that tell a new ADMIN or OWNER about the requests that were already pending.</summary>
    public static IEnumerable<RoomEvent> For(string userId, string roomId, WriteScope write) =>
        write.JoinRequests.OfRoom(roomId).Select(request => new RoomEvent(request.ToEvent(), [userId]));

    /// <summary>The users with a pending request, who must be told when the room is deleted.</summary>
    public static IEnumerable<string> Requesters(string roomId, WriteScope write) =>
        write.JoinRequests.OfRoom(roomId).Select(request => request.UserId);
}
