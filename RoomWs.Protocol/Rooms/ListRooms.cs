using System.Text.Json.Serialization;
using RoomWs.Protocol.Members;

namespace RoomWs.Protocol.Rooms;

/// <summary>
/// ROOM_LIST, by any user: the caller's rooms, with includeAll also every room that is not INVITE (a server admin sees all). In
/// order of room id, which for ids the server made is the order of creation.
/// </summary>
[Request(MessageTypes.RoomList, "List your rooms, or all that you may find", typeof(RoomListResponse))]
public sealed record ListRooms
{
    /// <summary>Also rooms that the caller is no member of.</summary>
    public bool IncludeAll { get; init; }

    /// <summary>Rows in the page: 1-500, 100 where absent.</summary>
    public int? Limit { get; init; }

    /// <summary>The <c>nextCursor</c> of the page before.</summary>
    public string? Cursor { get; init; }
}

/// <summary>ROOM_LIST_RESPONSE: a page of rooms.</summary>
/// <param name="Success">Always true; a refusal is an ERROR.</param>
/// <param name="Rooms">The rows.</param>
/// <param name="Count">How many rows this page has.</param>
/// <param name="NextCursor">Give it back for the next page; absent on the last.</param>
/// <param name="Timestamp">The server's clock, Unix milliseconds.</param>
[Message(MessageTypes.RoomListResponse)]
public sealed record RoomListResponse(
    bool Success,
    IReadOnlyList<RoomRow> Rooms,
    int Count,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextCursor,
    long Timestamp) : ServerMessage;

/// <summary>A room in a list.</summary>
public sealed record RoomRow
{
    /// <summary>The room's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its epoch, as in a room.</summary>
    public required string Epoch { get; init; }

    /// <summary>Its slug, or null.</summary>
    public string? Slug { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its picture, or null.</summary>
    public string? ThumbnailUrl { get; init; }

    /// <summary>How many members it has.</summary>
    public required int MemberCount { get; init; }

    /// <summary>The caller's role; null where it is no member.</summary>
    public RoomRole? MyRole { get; init; }

    /// <summary>How users get in.</summary>
    public required JoinPolicy JoinPolicy { get; init; }

    /// <summary>Its version.</summary>
    public required long Version { get; init; }

    /// <summary>The time of its last change, Unix milliseconds.</summary>
    public required long UpdatedAt { get; init; }
}
