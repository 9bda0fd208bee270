namespace RoomWs.Server.Model;

/// <summary>Which of those who are in a room get an event.</summary>
internal enum AudienceKind
{
    /// <summary>None of them.</summary>
    Nobody,

    /// <summary>All members.</summary>
    Members,

    /// <summary>The OWNER and the ADMINs, who decide join requests and so are told of them.</summary>
    Staff,

    /// <summary>The sockets that have entered.</summary>
    Entered,
}

/// <summary>
/// Who gets an event. It says so in words and not by a list, so that nobody has to know all members of a room to tell them, or to write down who is told.
/// Immutable.
/// </summary>
internal sealed record RoomAudience
{
    /// <summary>All members of the room, as the change leaves it.</summary>
    public static readonly RoomAudience Members = new(AudienceKind.Members, []);

    /// <summary>The OWNER and the ADMINs, as the change leaves the room.</summary>
    public static readonly RoomAudience Staff = new(AudienceKind.Staff, []);

    /// <summary>The sockets that have entered the room.</summary>
    public static readonly RoomAudience Entered = new(AudienceKind.Entered, []);

    /// <summary>An audience as it was written down.</summary>
    /// <param name="kind">Which of those who are in the room.</param>
    /// <param name="userIds">The users beside these, who are not in the room.</param>
    public RoomAudience(AudienceKind kind, IReadOnlyList<string> userIds) => (Kind, UserIds) = (kind, userIds);

    /// <summary>Which of those who are in the room, as the change leaves it.</summary>
    public AudienceKind Kind { get; }

    /// <summary>The users who get it beside these. They are named once, and are not among them.</summary>
    public IReadOnlyList<string> UserIds { get; }

    /// <summary>All members, and a user who has just stopped being one.</summary>
    public static RoomAudience MembersAnd(string userId) => new(AudienceKind.Members, [userId]);

    /// <summary>The OWNER and the ADMINs, and a user who is no member.</summary>
    public static RoomAudience StaffAnd(string userId) => new(AudienceKind.Staff, [userId]);

    /// <summary>These users, in the room or not.</summary>
    public static RoomAudience Users(params IReadOnlyList<string> userIds) => new(AudienceKind.Nobody, userIds);
}
