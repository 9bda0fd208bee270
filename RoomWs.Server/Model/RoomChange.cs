using RoomWs.Server.Wire;

namespace RoomWs.Server.Model;

/// <summary>An event and whom it is for; the requester's own socket never gets it.</summary>
/// <param name="Message">The event.</param>
/// <param name="UserIds">The users whose every socket gets it; null for the sockets that have entered the room.</param>
internal sealed record RoomEvent(OutboundMessage Message, IReadOnlyList<string>? UserIds)
{
    public static RoomEvent ToEntered(OutboundMessage message) => new(message, null);
}

/// <summary>What one request did to one room, to be told once it is committed.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="After">The room from then on; null where it is gone.</param>
/// <param name="Events">Whom to tell what, in this order.</param>
internal sealed record RoomChange(string RoomId, RoomSnapshot? After, params IReadOnlyList<RoomEvent> Events)
{
    /// <summary>Who has said something, and so is no longer typing.</summary>
    public string? Speaker { get; init; }
}
