using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>Who has to hear what of the requests that wait in a room.</summary>
internal static class PendingRequests
{
    /// <summary>For a user who has just become ADMIN or OWNER: those that waited before it could decide them.</summary>
    public static IEnumerable<RoomEvent> For(string userId, string roomId, WriteScope write) =>
        write.JoinRequests.OfRoom(roomId).Select(request => new RoomEvent(request.ToEvent(), [userId]));

    /// <summary>Who waits for a decision, and has to hear when there will be none.</summary>
    public static IEnumerable<string> Requesters(string roomId, WriteScope write) =>
        write.JoinRequests.OfRoom(roomId).Select(request => request.UserId);
}
