using RoomWs.Protocol.Rooms;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage;

/// <summary>A row of the rooms table.</summary>
internal sealed record StoredRoom
{
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

    public RoomMeta ToMeta() => new(Name, ThumbnailUrl, Slug, JoinPolicy, ActiveBoardId, CreatedAt, CreatedBy);

    public RoomSnapshot ToSnapshot(Member[] members) => new(Id, Epoch, ToMeta(), Version, UpdatedAt, members);
}
