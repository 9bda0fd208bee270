using RoomWs.Server.Model;

namespace RoomWs.Server.Fanout;

/// <summary>A room as a reader found it. A reply that shows it must not be queued once the room has a newer version.</summary>
/// <param name="Room">The room.</param>
/// <param name="Snapshot">The version that the reader found.</param>
/// <param name="Told">How many changes were told before the snapshot was read.</param>
/// <param name="PresenceTold">How many times a presence was told before the snapshot was read.</param>
internal sealed record RoomView(LiveRoom Room, RoomSnapshot Snapshot, long Told, long PresenceTold);
