using System.Collections.Immutable;
using RoomWs.Tests.WholeServer.Model;

namespace RoomWs.Tests.WholeServer.Crashes;

/// <summary>A board, by its numbers: the n-th update of it says n.</summary>
internal sealed record PairBoard(long Seq = 0, long SnapshotSeq = 0);

/// <summary>An invite; without a code where the reply that showed it was lost with the server.</summary>
internal sealed record PairInvite(string Maker, string? Id = null, string? Code = null, string? UsedBy = null);

/// <summary>The room that a pair has for itself, with all that is durable in it; the n-th message of it says n.</summary>
internal sealed record PairRoom(string Id, ModelRoom Room)
{
    public int Messages { get; init; }

    public string? ActiveBoard { get; init; }

    public ImmutableSortedDictionary<string, PairBoard> Boards { get; init; } = ImmutableSortedDictionary<string, PairBoard>.Empty;

    public ImmutableList<PairInvite> Invites { get; init; } = [];

    public string Owner => Room.Members.Single(member => member.Role == "OWNER").User;

    /// <summary>With a change of its meta or membership, which is a new version.</summary>
    public PairRoom Change(Func<ModelRoom, ModelRoom> change) => this with { Room = change(Room) with { Version = Room.Version + 1 } };

    public PairRoom WithBoard(string boardId, PairBoard board) => this with { Boards = Boards.SetItem(boardId, board) };

    public PairRoom WithInvite(PairInvite known, PairInvite then) => this with { Invites = Invites.Replace(known, then) };

    /// <summary>In the words that <see cref="CrashReading"/> has for what it finds in the file.</summary>
    public override string ToString() => string.Join(
        ' ',
        $"{Id} v{Room.Version} \"{Room.Name}\" {Room.Policy}",
        $"members [{Room.Roster}] asking [{string.Join(',', Room.Asking)}]",
        $"invites [{string.Join(',', Invites.Select(invite => invite.UsedBy ?? "-").Order(StringComparer.Ordinal))}]",
        $"messages {Messages} active {ActiveBoard ?? "-"}",
        $"boards [{string.Join(' ', Boards.Select(board => $"{board.Key}:{board.Value.SnapshotSeq}..{board.Value.Seq}"))}]");
}

/// <summary>All that two users have done: in a room of their own, and in the one that all share.</summary>
internal sealed record PairState
{
    /// <summary>Null while they have none.</summary>
    public PairRoom? Own { get; init; }

    /// <summary>How many rooms they have made.</summary>
    public int RoomsMade { get; init; }

    /// <summary>How many requests were done; the n-th has the idempotencyKey n.</summary>
    public int Done { get; init; }

    /// <summary>Whether the first of the two is in the shared room.</summary>
    public bool IsInShared { get; init; }

    /// <summary>How often it came or went.</summary>
    public int SharedMoves { get; init; }

    public int SharedMessages { get; init; }

    public int SharedUpdates { get; init; }

    public override string ToString() =>
        $"{Own?.ToString() ?? "no room"}; keys {Done}; shared {(IsInShared ? "in" : "out")} messages {SharedMessages} updates {SharedUpdates}";
}
