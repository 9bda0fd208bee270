namespace RoomWs.Server.Dispatch;

/// <summary>How a request names its room: by its id or by its slug.</summary>
internal readonly record struct RoomRef(string? Id, string? Slug = null)
{
    /// <summary>Whether it names a room at all.</summary>
    public bool IsThere => Id is not null || Slug is not null;

    public static implicit operator RoomRef(string? id) => new(id);

    /// <summary>The name as it is logged.</summary>
    public override string? ToString() => Id ?? Slug;
}
