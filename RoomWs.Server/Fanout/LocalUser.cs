namespace RoomWs.Server.Fanout;

/// <summary>A user who has connections to this node. Under the lock of <see cref="LocalMembers"/>, but its id.</summary>
internal sealed class LocalUser(string id)
{
    public string Id => id;

    /// <summary>How many connections it has, and how many are coming.</summary>
    public int Connections { get; set; }

    /// <summary>The rooms that it is known to be a member of.</summary>
    public List<LocalRoom> Rooms { get; } = [];

    /// <summary>While its rooms are being read: those that it has joined or left meanwhile, for which what is read does not count. Null once they are read.</summary>
    public HashSet<string>? Moved { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The read of its rooms, which all of its connections wait for. Null before it, and if it has failed.</summary>
    public Lazy<Task>? Reading { get; set; }
}
