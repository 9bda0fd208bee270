namespace RoomWs.Server.Broadcasting;

/// <summary>A room as a reader found it: a reply that shows it must not leave once the room has gone on from there.</summary>
internal sealed record SeenRoom(LiveRoom Room, RoomSnapshot Snapshot);
