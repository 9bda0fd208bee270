using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>The rooms that are in memory at their last committed version. May be asked from any thread.</summary>
internal interface IRoomSnapshots
{
    /// <summary>The room if it is at hand; asks no database.</summary>
    RoomSnapshot? Peek(string roomId);
}
