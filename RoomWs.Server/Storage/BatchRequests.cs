using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>Join requests, and the denials that keep a user from asking again at once, as the running batch has left them so far. Writer's thread only.</summary>
internal sealed class BatchRequests(BatchRows rows, Prefetch prefetch, IStore store, Func<string, StoredRoom> known)
{
    public PendingRequest? Find(string roomId, string userId) => FindRow(known(roomId), userId) is { } row ? Shown(roomId, userId, row) : null;

    /// <summary>How many join requests of a room are pending.</summary>
    public int Count(string roomId) => known(roomId).JoinRequestCount;

    /// <summary>
    /// The oldest join requests of a room, up to a number; a few less where the batch has ended some. Read when it is asked for, which is in few changes and there
    /// only where requests are pending.
    /// </summary>
    public List<PendingRequest> Oldest(string roomId, int limit) =>
        [.. Pending(known(roomId), limit).OrderBy(request => request.Row.RequestId, StringComparer.Ordinal).Take(limit).Select(request => Shown(roomId, request.UserId, request.Row))];

    /// <summary>The users with a pending join request. Read when it is asked for, which is when the room is deleted.</summary>
    public IEnumerable<string> Requesters(string roomId) => Pending(known(roomId), int.MaxValue).Select(request => request.UserId);

    public void Add(PendingRequest request)
    {
        var room = known(request.RoomId);
        rows.Requests.Write((room.Number, request.UserId), new StoredRequest(request.RequestId, request.At, request.Username));
        rows.Rooms.Write(room.Id, room with { JoinRequestCount = room.JoinRequestCount + 1 });
    }

    /// <summary>Deletes a join request. False if there was none: of two users who decide it at the same time, only one gets true.</summary>
    public bool End(string roomId, string userId)
    {
        var room = known(roomId);
        if (FindRow(room, userId) is null) return false;

        rows.Requests.Write((room.Number, userId), null);
        rows.Rooms.Write(room.Id, room with { JoinRequestCount = room.JoinRequestCount - 1 });
        return true;
    }

    /// <summary>Notes when the user's join request was denied.</summary>
    public void Deny(string roomId, string userId, long now) => rows.Denials.Write((known(roomId).Number, userId), new StoredDenial(now));

    /// <summary>When the user's last join request was denied, in Unix milliseconds. Null if it was not, or so long ago that it does not count any more.</summary>
    public long? DeniedAt(string roomId, string userId)
    {
        var key = (known(roomId).Number, userId);
        if (!rows.Denials.Knows(key)) prefetch.LoadLate(known(roomId), needs => needs.Requests.Add(userId));
        return rows.Denials.TryGet(key, out var denial) ? denial?.DeniedAt : null;
    }

    /// <summary>Forgets a denial: the user has become a member, so what was before is settled.</summary>
    public void ForgetDenial(string roomId, string userId)
    {
        var key = (known(roomId).Number, userId);
        // Known to be none is the usual case, and writes nothing.
        if (!rows.Denials.TryGet(key, out var denial) || denial is not null) rows.Denials.Write(key, null);
    }

    private StoredRequest? FindRow(StoredRoom room, string userId)
    {
        var key = (room.Number, userId);
        // The room's row says whether any is stored: of the users who come in, few have asked before.
        if (!rows.Requests.Knows(key) && rows.Rooms.Stored(room.Id)?.JoinRequestCount > 0) prefetch.LoadLate(room, needs => needs.Requests.Add(userId));
        return rows.Requests.TryGet(key, out var request) ? request : null;
    }

    /// <summary>What is stored, as the batch has changed it.</summary>
    private IEnumerable<(string UserId, StoredRequest Row)> Pending(StoredRoom room, int limit)
    {
        if (room.JoinRequestCount == 0) return [];
        var pending = store.Requests(room.Number, limit).ToDictionary(request => request.UserId, request => request.Request, StringComparer.Ordinal);
        foreach (var changed in rows.Requests.Changed.Where(changed => changed.Key.Room == room.Number))
        {
            if (changed.Now is { } request) pending[changed.Key.UserId] = request;
            else pending.Remove(changed.Key.UserId);
        }

        return pending.Select(request => (request.Key, request.Value));
    }

    private static PendingRequest Shown(string roomId, string userId, StoredRequest row) =>
        new() { RoomId = roomId, RequestId = row.RequestId, UserId = userId, Username = row.Username, At = row.RequestedAt };
}
