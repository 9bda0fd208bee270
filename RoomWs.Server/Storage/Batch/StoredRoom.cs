using RoomWs.Protocol.Rooms;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage.Batch;

/// <summary>A row of the rooms table.</summary>
internal sealed record StoredRoom
{
    /// <summary>What everything that belongs to the room is keyed by. Never used twice.</summary>
    public long Number { get; init; }

    public required string Id { get; init; }

    /// <summary>Made with the row; a restore of a backup makes another.</summary>
    public required string Epoch { get; init; }

    public required string Name { get; init; }

    public string? ThumbnailUrl { get; init; }

    public string? Slug { get; init; }

    public JoinPolicy JoinPolicy { get; init; }

    public string? ActiveBoardId { get; init; }

    public long CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public long Version { get; init; }

    public long UpdatedAt { get; init; }

    public int MemberCount { get; init; }

    public int JoinRequestCount { get; init; }

    public int BoardCount { get; init; }

    /// <summary>The last number given out to a joining member: the order of joining.</summary>
    public long MemberSeq { get; init; }

    /// <summary>The seq of the last message. 0 if there was none.</summary>
    public long MessageSeq { get; init; }

    /// <summary>Whether two states of a room differ in nothing that seldom changes, and is not written with every message.</summary>
    public static bool HaveSameMeta(StoredRoom one, StoredRoom other) =>
        one.Name == other.Name && one.ThumbnailUrl == other.ThumbnailUrl && one.Slug == other.Slug && one.JoinPolicy == other.JoinPolicy && one.ActiveBoardId == other.ActiveBoardId;

    public RoomMeta ToMeta() => new(Name, ThumbnailUrl, Slug, JoinPolicy, ActiveBoardId, CreatedAt, CreatedBy);

    public RoomSnapshot ToSnapshot(Member[] members) => new(Id, Epoch, ToMeta(), Version, UpdatedAt, members);
}
