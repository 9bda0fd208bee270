using RoomWs.Server.Wire;

namespace RoomWs.Server.Model;

/// <summary>What an event is, as far as it matters for how it is sent.</summary>
internal enum RoomEventKind
{
    /// <summary>Any event that is sent as it is.</summary>
    Other,

    /// <summary>
    /// The whole list of members (ROOM_MEMBERS_UPDATED). A newer one replaces an older one that still waits for a socket; sockets that
    /// take deltas get ROOM_MEMBERS_CHANGED in its place.
    /// </summary>
    MemberList,

    /// <summary>Names who came, left or was let in. It may pass deltas that wait, for the list follows it.</summary>
    MemberNotice,
}

/// <summary>An event and whom it is for; the requester's own socket never gets it.</summary>
/// <param name="Message">The event.</param>
/// <param name="UserIds">The users whose every socket gets it; null for the sockets that have entered the room.</param>
/// <param name="Kind">What it is.</param>
internal sealed record RoomEvent(OutboundMessage Message, IReadOnlyList<string>? UserIds, RoomEventKind Kind = RoomEventKind.Other)
{
    public static RoomEvent ToEntered(OutboundMessage message) => new(message, null);

    /// <summary>The list of members of a version.</summary>
    public static RoomEvent MemberList(RoomSnapshot after, IReadOnlyList<string> userIds) => new(after.MembersUpdated, userIds, RoomEventKind.MemberList);

    public static RoomEvent MemberNotice(OutboundMessage message, IReadOnlyList<string> userIds) => new(message, userIds, RoomEventKind.MemberNotice);
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
