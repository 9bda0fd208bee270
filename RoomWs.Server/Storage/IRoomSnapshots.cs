using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>The rooms in memory, at their last committed version. May be used from any thread.</summary>
internal interface IRoomSnapshots
{
    /// <summary>The room if it is in memory; null otherwise. Never calls the database.</summary>
    RoomSnapshot? Peek(string roomId);
}
