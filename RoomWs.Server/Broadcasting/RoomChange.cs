namespace RoomWs.Server.Broadcasting;

/// <summary>An event and the users it is for; each of their sockets gets it, but the requester's own.</summary>
internal sealed record RoomEvent(OutboundMessage Message, IReadOnlyList<string> UserIds);

/// <summary>What one request did to one room, to be told once it is committed.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="After">The room from then on; null where it is gone.</param>
/// <param name="Events">Whom to tell what, in this order.</param>
internal sealed record RoomChange(string RoomId, RoomSnapshot? After, params IReadOnlyList<RoomEvent> Events);
