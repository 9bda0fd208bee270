using RoomWs.Server.Model;

namespace RoomWs.Server.Storage.Batch;

/// <summary>
/// All rows that a batch knows, and with that its journal: what it has changed and added, until that is written. What belongs to a room is keyed by the
/// room's number. Writer's thread only.
/// </summary>
internal sealed class BatchRows(UndoLog undo)
{
    private StoredHead _head = new(0, 1, 0);
    private readonly Dictionary<long, RoomSnapshot> _roles = [];
    private long _writtenChanges;

    /// <summary>By id.</summary>
    public KnownRows<string, StoredRoom> Rooms { get; } = new(undo);

    /// <summary>The ids of rooms by their slugs. They are written with the rooms.</summary>
    public KnownRows<string, string> Slugs { get; } = new(undo);

    public KnownRows<(long Room, string UserId), StoredMember> Members { get; } = new(undo);

    public KnownRows<string, StoredUser> Users { get; } = new(undo);

    public KnownRows<(string UserId, string Key), IdempotencyRow> Replies { get; } = new(undo);

    /// <summary>What users have left in a minute, where the database keeps that for several nodes.</summary>
    public KnownRows<(string UserId, AllowanceKind Kind), StoredAllowance> Allowances { get; } = new(undo);

    public KnownRows<(long Room, string UserId), StoredRequest> Requests { get; } = new(undo);

    public KnownRows<(long Room, string UserId), StoredDenial> Denials { get; } = new(undo);

    /// <summary>By id.</summary>
    public KnownRows<string, StoredInvite> Invites { get; } = new(undo);

    /// <summary>The ids of invites by the hashes of their codes, in hexadecimal. They are written with the invites.</summary>
    public KnownRows<string, string> Codes { get; } = new(undo);

    public KnownRows<(long Room, string BoardId), BoardHead> Boards { get; } = new(undo);

    /// <summary>The bytes of a board's updates up to one of them.</summary>
    public KnownRows<(long Board, long Seq), BoardPlace> BoardPlaces { get; } = new(undo);

    public AddedRows<AddedUpdate> Updates { get; } = new(undo);

    public AddedRows<AddedSnapshot> Snapshots { get; } = new(undo);

    public AddedRows<AddedMessage> Messages { get; } = new(undo);

    /// <summary>What was sent under a clientMessageId. It is written with the messages.</summary>
    public KnownRows<(long Room, string SenderId, string ClientMessageId), SentMessage> Sent { get; } = new(undo);

    public AddedRows<AddedAudit> Audit { get; } = new(undo);

    /// <summary>The numbers of rooms and boards that were deleted: what belonged to them is still there.</summary>
    public AddedRows<long> Remains { get; } = new(undo);

    /// <summary>What the batch did, in its order. It is written once, with the commit.</summary>
    public AddedRows<FeedChange> Feed { get; } = new(undo);

    /// <summary>The versions of rooms that the feed has come to by the changes so far. 0 of a room that is gone.</summary>
    public Dictionary<string, long> FedVersions { get; } = new(StringComparer.Ordinal);

    /// <summary>The rooms that a user has made or joined by itself.</summary>
    public KnownCounts OwnRooms { get; } = new(undo);

    /// <summary>The rooms that others have put a user into.</summary>
    public KnownCounts AddedRooms { get; } = new(undo);

    public StoredHead Head => _head;

    /// <summary>The head as it was before the batch.</summary>
    public StoredHead Loaded { get; private set; } = new(0, 1, 0);

    /// <summary>The database's time when the batch had its locks. Null where the database is of this node alone, and has no other time than the node.</summary>
    public DateTimeOffset? LockedAt { get; set; }

    /// <summary>The room as it is in memory, if it is there as the batch has left it so far.</summary>
    public Func<StoredRoom, RoomSnapshot?> InMemory { get; set; } = static _ => null;

    /// <summary>Whether the roles of a room's members are likely at hand in memory, before its row is read.</summary>
    public Func<string, bool> MayKnowRoles { get; set; } = static _ => false;

    /// <summary>Whether the batch has changed something that is not written yet.</summary>
    public bool HasChanged => undo.Changes != _writtenChanges;

    /// <summary>Whether some of what the batch has changed is written, so that no job can be undone alone any more.</summary>
    public bool IsPartlyWritten { get; private set; }

    public void Load(StoredHead head) => (_head, Loaded) = (head, head);

    /// <summary>Whether the number of a room or a board was given out in this batch: nothing is stored for it but what the batch has written, and that is known.</summary>
    public bool IsNew(long number) => number >= Loaded.NextNumber && number < _head.NextNumber;

    /// <summary>
    /// Where the roles of a room's members are at hand in memory, as they were before the batch has changed any, and need not be read. Null if they are not.
    /// </summary>
    public RoomSnapshot? RolesOf(StoredRoom room)
    {
        if (_roles.TryGetValue(room.Number, out var roles)) return roles;
        if (!ReferenceEquals(Rooms.Stored(room.Id), room) || InMemory(room) is not { KnowsRoles: true } inMemory) return null;
        _roles.Add(room.Number, inMemory);
        return inMemory;
    }

    /// <summary>Gives out a number of a room or a board.</summary>
    public long NextNumber()
    {
        var number = _head.NextNumber;
        Set(_head with { NextNumber = number + 1 });
        return number;
    }

    public void CountRooms(int more) => Set(_head with { RoomCount = _head.RoomCount + more });

    /// <summary>Counts as a change, and changes nothing.</summary>
    public void Touch() => Set(_head);

    /// <summary>Called when all changes are written.</summary>
    public void Written()
    {
        _writtenChanges = undo.Changes;
        IsPartlyWritten = true;
        Rooms.Written();
        Slugs.Written();
        Members.Written();
        Users.Written();
        Replies.Written();
        Allowances.Written();
        Requests.Written();
        Denials.Written();
        Invites.Written();
        Codes.Written();
        Boards.Written();
        BoardPlaces.Written();
        Sent.Written();
        ClearAdded();
    }

    /// <summary>Called after the batch, whatever became of it.</summary>
    public void Clear()
    {
        _writtenChanges = undo.Changes;
        IsPartlyWritten = false;
        LockedAt = null;
        _roles.Clear();
        Rooms.Clear();
        Slugs.Clear();
        Members.Clear();
        Users.Clear();
        Replies.Clear();
        Allowances.Clear();
        Requests.Clear();
        Denials.Clear();
        Invites.Clear();
        Codes.Clear();
        Boards.Clear();
        BoardPlaces.Clear();
        Sent.Clear();
        OwnRooms.Clear();
        AddedRooms.Clear();
        Feed.Clear();
        FedVersions.Clear();
        ClearAdded();
    }

    private void ClearAdded()
    {
        Updates.Clear();
        Snapshots.Clear();
        Messages.Clear();
        Audit.Clear();
        Remains.Clear();
    }

    private void Set(StoredHead head)
    {
        var before = _head;
        _head = head;
        undo.Add(() => _head = before);
    }
}
