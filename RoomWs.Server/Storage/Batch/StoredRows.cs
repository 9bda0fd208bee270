using RoomWs.Protocol.Members;

namespace RoomWs.Server.Storage.Batch;

/// <summary>What there is one of.</summary>
/// <param name="Position">How many batches have changed something.</param>
/// <param name="NextNumber">The next number of a room or a board.</param>
/// <param name="RoomCount">How many rooms there are.</param>
internal sealed record StoredHead(long Position, long NextNumber, long RoomCount);

/// <summary>A row of the members table. Of one that was stored before, only the role is known, and only that can change.</summary>
/// <param name="Role">The role.</param>
internal sealed record StoredMember(RoomRole Role)
{
    /// <summary>What else there is of a new member. Null for one that was stored before.</summary>
    public NewMember? New { get; init; }
}

/// <summary>What a new member's row has beside the role.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="JoinedAt">When it joined, Unix milliseconds.</param>
/// <param name="Position">Its place in the order of joining.</param>
/// <param name="WasAdded">Whether others put the user into the room. It stays so, whatever becomes of the member's role.</param>
/// <param name="ReadSeq">The last message that it has read: the room's last when it joined.</param>
internal sealed record NewMember(string RoomId, long JoinedAt, long Position, bool WasAdded, long ReadSeq);

/// <summary>A row of the join_requests table, with the name that its user had when it was read.</summary>
internal sealed record StoredRequest(string RequestId, long RequestedAt, string Username);

/// <summary>A row of the join_denials table.</summary>
internal sealed record StoredDenial(long DeniedAt);

/// <summary>A row of the users table: name and picture, as the user's last sign-in gave them.</summary>
internal sealed record StoredUser(string Username, string? ThumbnailUrl, long UpdatedAt);

/// <summary>A row of the invites table.</summary>
internal sealed record StoredInvite
{
    /// <summary>What the ids of invites begin with. They sort by time.</summary>
    public const string IdPrefix = "invite_";

    public required string InviteId { get; init; }

    public required long RoomNumber { get; init; }

    /// <summary>The room. Known of an invite that was found by its code, and of a new one.</summary>
    public string? RoomId { get; init; }

    public required byte[] CodeHash { get; init; }

    public required string CreatedBy { get; init; }

    public long CreatedAt { get; init; }

    public long ExpiresAt { get; init; }

    public long? UsedAt { get; init; }

    public string? UsedBy { get; init; }

    /// <summary>Whether it lets somebody in, if its maker can still make invites.</summary>
    public bool IsUsable(long now) => UsedAt is null && ExpiresAt > now;
}

/// <summary>A row of the allowances table: what a user has left of something.</summary>
/// <param name="FullAt">When its token bucket will be full again, as <see cref="TicksOf"/> counts.</param>
internal sealed record StoredAllowance(long FullAt)
{
    /// <summary>A moment as it is stored: tenths of a microsecond since 1970.</summary>
    public static long TicksOf(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks;
}

/// <summary>An idempotency record: the first reply to a request with an idempotencyKey.</summary>
internal sealed record IdempotencyRow
{
    /// <summary>A hash of the request. Tells a retry from another request with the same key.</summary>
    public required byte[] Fingerprint { get; init; }

    public required string ReplyType { get; init; }

    /// <summary>The reply; of one that shows a room, all but the room.</summary>
    public required byte[] Reply { get; init; }

    /// <summary>The room that the reply shows. Null if it shows none.</summary>
    public string? RoomId { get; init; }

    /// <summary>When the reply was given, Unix milliseconds.</summary>
    public long CreatedAt { get; init; }
}

/// <summary>What a row of the boards table has beside its snapshots, which may be long.</summary>
internal sealed record BoardHead
{
    /// <summary>What the updates are keyed by. Never used twice.</summary>
    public required long Number { get; init; }

    public required string Epoch { get; init; }

    public required string Name { get; init; }

    public required string CreatedBy { get; init; }

    public long CreatedAt { get; init; }

    public long Seq { get; init; }

    /// <summary>The bytes of all updates that there ever were.</summary>
    public long Bytes { get; init; }

    public long SnapshotSeq { get; init; }

    /// <summary>What <see cref="Bytes"/> was at the update of the snapshot.</summary>
    public long SnapshotBytes { get; init; }
}

/// <summary>A place among a board's updates.</summary>
/// <param name="Bytes">The bytes of all updates up to it.</param>
internal sealed record BoardPlace(long Bytes);

/// <summary>A new update of a board.</summary>
internal sealed record AddedUpdate(long Board, long Seq, string UserId, string Payload, long BytesTo);

/// <summary>A new snapshot of a board, in the place of the last one, which becomes the one before it.</summary>
/// <param name="Board">The board's number.</param>
/// <param name="Seq">The last update that it covers.</param>
/// <param name="BytesTo">The bytes of all updates up to that one.</param>
/// <param name="Payload">The snapshot.</param>
/// <param name="GoneTo">The last update that nothing can be shown with any more.</param>
internal sealed record AddedSnapshot(long Board, long Seq, long BytesTo, string Payload, long GoneTo);

/// <summary>A new message.</summary>
internal sealed record AddedMessage(long Room, Protocol.Messages.RoomMessage Message);

/// <summary>What was sent before under a clientMessageId.</summary>
internal sealed record SentMessage(string RoomMessageId, long Seq, long Timestamp);

/// <summary>A new row of the audit trail.</summary>
internal sealed record AddedAudit(long RoomNumber, string RoomId, long At, string UserId, string Action, long? Version, IReadOnlyList<string>? Targets, string? Detail);

/// <summary>A change, for the feed.</summary>
/// <param name="Type">The command.</param>
/// <param name="Epoch">The room's epoch. Null if the room came and went within the batch.</param>
/// <param name="Before">The room's version before the change; 0 of a room that was not there.</param>
/// <param name="UserId">Who made the change.</param>
/// <param name="Change">The change.</param>
internal sealed record FeedChange(string Type, string? Epoch, long Before, string UserId, Model.RoomChange Change);
