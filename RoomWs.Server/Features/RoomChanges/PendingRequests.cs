using RoomWs.Protocol;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>
/// What whoever can decide join requests is sent of those that were already pending: never more of a room than a client can be shown, and of the others that
/// they are there.
/// </summary>
internal static class PendingRequests
{
    /// <summary>Maximum number of requests of one room. The others are in ROOM_JOIN_REQUESTS.</summary>
    public const int MaxPerRoom = 100;

    /// <summary>The oldest requests of a room, and behind them how many are pending, if these are not all.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="pending">How many are pending.</param>
    /// <param name="oldest">The oldest of them.</param>
    public static List<ServerMessage> Of(string roomId, int pending, IEnumerable<PendingRequest> oldest)
    {
        List<ServerMessage> messages = [.. oldest.Select(request => request.ToEvent())];
        if (pending > messages.Count) messages.Add(new JoinRequestsPending(roomId, pending));
        return messages;
    }

    /// <summary>The events that tell a new ADMIN or OWNER about the requests that were already pending.</summary>
    public static IEnumerable<RoomEvent> For(string userId, string roomId, WriteScope write) =>
        Of(roomId, write.JoinRequests.Count(roomId), write.JoinRequests.Oldest(roomId, MaxPerRoom)).Select(message => new RoomEvent(message, RoomAudience.Users(userId)));
}
