namespace RoomWs.Server.Storage.Batch;

/// <summary>
/// What the jobs of a batch are going to look at, named before they run, so that it is read all at once. What a job looks at without having named it is read
/// then, and counted. Writer's thread only.
/// </summary>
internal sealed class Needs
{
    private readonly Dictionary<string, RoomNeeds> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RoomNeeds> _bySlug = new(StringComparer.Ordinal);

    /// <summary>May grow while it is gone through: a code names a room.</summary>
    public List<RoomNeeds> Rooms { get; } = [];

    public HashSet<string> Slugs { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Users { get; } = new(StringComparer.Ordinal);

    public List<(string UserId, string Key)> Replies { get; } = [];

    /// <summary>What users have left of what they may do in a minute.</summary>
    public HashSet<(string UserId, AllowanceKind Kind)> Allowances { get; } = [];

    /// <summary>The hashes of codes, and who wants to come in by them.</summary>
    public List<(byte[] Hash, string UserId)> Codes { get; } = [];

    /// <summary>The users whose own rooms are counted, and how far.</summary>
    public Dictionary<string, int> OwnRooms { get; } = new(StringComparer.Ordinal);

    /// <summary>The users whose rooms that others put them into are counted, and how far.</summary>
    public Dictionary<string, int> AddedRooms { get; } = new(StringComparer.Ordinal);

    /// <summary>A room by its id, or by its slug where there is no id.</summary>
    public RoomNeeds Room(string? id, string? slug = null)
    {
        var (named, name) = id is null ? (_bySlug, slug!) : (_byId, id);
        if (!named.TryGetValue(name, out var room))
        {
            named.Add(name, room = new RoomNeeds(id, slug));
            Rooms.Add(room);
        }

        return room;
    }

    /// <summary>The first reply to a request with an idempotencyKey.</summary>
    public void Reply(string userId, string key) => Replies.Add((userId, key));

    public void Clear()
    {
        _byId.Clear();
        _bySlug.Clear();
        Rooms.Clear();
        Slugs.Clear();
        Users.Clear();
        Replies.Clear();
        Allowances.Clear();
        Codes.Clear();
        OwnRooms.Clear();
        AddedRooms.Clear();
    }
}

/// <summary>What is needed of a room, beside its row.</summary>
/// <param name="Id">The id. Null if it is named by its slug.</param>
/// <param name="Slug">The slug, where there is no id.</param>
internal sealed record RoomNeeds(string? Id, string? Slug)
{
    /// <summary>The users whose roles are needed.</summary>
    public List<string> Members { get; } = [];

    /// <summary>The users whose join requests and denials are needed.</summary>
    public List<string> Requests { get; } = [];

    public List<string> Boards { get; } = [];

    /// <summary>Places among the updates of boards.</summary>
    public List<(string BoardId, long Seq)> BoardPlaces { get; } = [];

    public List<string> Invites { get; } = [];

    public List<(string SenderId, string ClientMessageId)> Messages { get; } = [];
}
