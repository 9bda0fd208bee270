using RoomWs.Server.Model;

namespace RoomWs.Server.Fanout;

/// <summary>A room as a reader found it: a reply that shows it must not leave once the room has gone on from there.</summary>
/// <param name="Room">The room.</param>
/// <param name="Snapshot">Its version at that moment.</param>
/// <param name="Told">How many changes had been told by then.</param>
internal sealed record RoomView(LiveRoom Room, RoomSnapshot Snapshot, long Told);
