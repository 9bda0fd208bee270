using RoomWs.Server.Wire;

namespace RoomWs.Server.Model;

/// <summary>The kind of an event, which decides how it is sent.</summary>
internal enum RoomEventKind
{
    /// <summary>Any other event. It is sent as it is, after all pending deltas.</summary>
    Other,

    /// <summary>
    /// The whole member list (ROOM_MEMBERS_UPDATED). A newer one replaces an older one that still waits for a socket. Sockets that take deltas
    /// get ROOM_MEMBERS_CHANGED in its place.
    /// </summary>
    MemberList,

    /// <summary>Names a user who joined, left or was let in. It may pass pending deltas, because the member list follows it.</summary>
    MemberNotice,
}

/// <summary>An event and its receivers. The requester's own socket never gets it.</summary>
/// <param name="Message">The event.</param>
/// <param name="Audience">Who gets it: users on all their sockets, or the sockets that have entered the room.</param>
/// <param name="Kind">The kind of event.</param>
internal sealed record RoomEvent(OutboundMessage Message, RoomAudience Audience, RoomEventKind Kind = RoomEventKind.Other)
{
    /// <summary>What a socket that gets the event has seen of boards by it, or has to forget; so does the requester's. Null for nothing.</summary>
    public BoardMark? Mark { get; init; }

    /// <summary>The member list of a version, for its members.</summary>
    public static RoomEvent MemberList(RoomSnapshot after) => new(after.MembersUpdated, RoomAudience.Members, RoomEventKind.MemberList);

    /// <summary>The member list of a version by which a user has stopped being a member, who learns of it from the list, too.</summary>
    public static RoomEvent MemberListWithout(string userId, RoomSnapshot after) => new(after.MembersUpdated, RoomAudience.MembersAnd(userId), RoomEventKind.MemberList);

    public static RoomEvent MemberNotice(OutboundMessage message, RoomAudience audience) => new(message, audience, RoomEventKind.MemberNotice);
}

/// <summary>What one request did to one room. It is told once it is committed.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="After">The room after the change. Null if it was deleted.</param>
/// <param name="Events">The events to send, in this order.</param>
internal sealed record RoomChange(string RoomId, RoomSnapshot? After, params IReadOnlyList<RoomEvent> Events)
{
    /// <summary>Whether it has changed who the members are or what they are, and not only come to a version that did.</summary>
    public bool ChangesMembers => After is not null && Events.Any(roomEvent => roomEvent.Kind == RoomEventKind.MemberList);

    /// <summary>The user who sent a message, and so is no longer typing. Null for any other change.</summary>
    public string? Speaker { get; init; }

    /// <summary>The number of the message, or of the board's update, that the change has added. Null for any other change.</summary>
    public long? Seq { get; init; }

    /// <summary>The board that the change has drawn on. Null for any other change.</summary>
    public string? BoardId { get; init; }
}
