using RoomWs.Protocol.Rooms;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage.Batch;

/// <summary>What a row of the feed says: of a batch of changes, or of who is online.</summary>
/// <param name="Changes">The changes of a batch, in their order.</param>
/// <param name="Presence">Who has come and gone.</param>
/// <param name="GoneNode">The node that is gone, if it says so of one.</param>
internal sealed record FeedContent(IReadOnlyList<FeedEntry> Changes, IReadOnlyList<FeedPresence> Presence, string? GoneNode);

/// <summary>A change, as another node's row of the feed says it.</summary>
internal sealed record FeedEntry
{
    /// <summary>The command.</summary>
    public required string Type { get; init; }

    public required string RoomId { get; init; }

    /// <summary>The room's epoch. Null if the room came and went within the batch.</summary>
    public string? Epoch { get; init; }

    /// <summary>The room's version after the change. Null if the change has ended the room.</summary>
    public long? Version { get; init; }

    /// <summary>When the room was last changed, Unix milliseconds.</summary>
    public long UpdatedAt { get; init; }

    /// <summary>Whether the change has raised the version.</summary>
    public bool IsRaised { get; init; }

    /// <summary>Who made the change.</summary>
    public required string UserId { get; init; }

    /// <summary>The user who sent a message, and so is no longer typing.</summary>
    public string? Speaker { get; init; }

    public string? BoardId { get; init; }

    /// <summary>The number of the message or of the board's update, if it is one. What it says is in the tables.</summary>
    public long? Seq { get; init; }

    /// <summary>The meta data after the change, if it has changed them, or comes with <see cref="List"/>.</summary>
    public RoomMeta? Meta { get; init; }

    /// <summary>What it has changed about the members, if anything.</summary>
    public MemberChange? Members { get; init; }

    /// <summary>All members after the change, in order of joining, if that has changed them and they are not too many.</summary>
    public Member[]? List { get; init; }

    public IReadOnlyList<FeedEvent> Events { get; init; } = [];
}

/// <summary>An event of a change.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Audience">Who gets it.</param>
/// <param name="Type">The type of the message.</param>
/// <param name="Body">The message's fields as a JSON object. Null of a member list, and of what is in the tables.</param>
/// <param name="Mark">What it says of boards.</param>
internal sealed record FeedEvent(RoomEventKind Kind, RoomAudience Audience, string Type, byte[]? Body, BoardMark? Mark);
