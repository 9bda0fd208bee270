using RoomWs.Server.Fanout;

namespace RoomWs.Tests.Support;

/// <summary>Looks into the directory where no commit is under way.</summary>
internal static class DirectorySteps
{
    /// <summary>The room; null if there is none. Fails if that cannot be said yet.</summary>
    public static Server.Fanout.RoomView? Find(this RoomDirectory rooms, string roomId) => rooms.TryFind(roomId, out var view)
        ? view
        : throw new InvalidOperationException($"A change of room {roomId} is being committed.");
}
