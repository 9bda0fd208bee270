using RoomWs.Protocol.Rooms;
using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>The rooms as the running batch has left them so far. A change of meta or members raises a room's version. Writer's thread only.</summary>
internal sealed class BatchRooms(BatchRows rows, Prefetch prefetch, BatchMembers members, BatchSnapshots snapshots)
{
    public StoredRoom? Find(string roomId)
    {
        if (!rows.Rooms.Knows(roomId)) prefetch.LoadLate(needs => needs.Room(roomId));
        return rows.Rooms.TryGet(roomId, out var room) ? room : null;
    }

    public string? FindIdBySlug(string slug)
    {
        if (!rows.Slugs.Knows(slug)) prefetch.LoadLate(needs => needs.Slugs.Add(slug));
        return rows.Slugs.TryGet(slug, out var roomId) ? roomId : null;
    }

    /// <summary>The room with the user's role in it. Null if there is no such room.</summary>
    public RoomAccess? Access(string roomId, string userId) => Find(roomId) is not { } room ? null : new RoomAccess
    {
        RoomId = room.Id,
        Version = room.Version,
        JoinPolicy = room.JoinPolicy,
        MemberCount = room.MemberCount,
        Role = members.RoleIn(room, userId),
    };

    public long Count() => rows.Head.RoomCount;

    /// <summary>Adds a room, under a number of its own.</summary>
    public void Insert(StoredRoom room)
    {
        rows.Rooms.Add(room.Id, room with { Number = rows.NextNumber() });
        if (room.Slug is not null) rows.Slugs.Write(room.Slug, room.Id);
        rows.CountRooms(1);
    }

    /// <summary>Sets the fields that the patch has. Returns the row after the change.</summary>
    public StoredRoom UpdateMeta(string roomId, RoomMetaPatch patch, long now)
    {
        var before = Known(roomId);
        snapshots.Hold(before);
        var after = before with
        {
            Name = patch.Name.IsSet ? patch.Name.Value! : before.Name,
            ThumbnailUrl = patch.ThumbnailUrl.IsSet ? patch.ThumbnailUrl.Value : before.ThumbnailUrl,
            Slug = patch.Slug.IsSet ? patch.Slug.Value : before.Slug,
            JoinPolicy = patch.JoinPolicy.Value ?? before.JoinPolicy,
            ActiveBoardId = patch.ActiveBoardId.IsSet ? patch.ActiveBoardId.Value : before.ActiveBoardId,
            Version = before.Version + 1,
            UpdatedAt = now,
        };
        if (after.Slug != before.Slug) MoveSlug(before, after);
        rows.Rooms.Write(roomId, after);
        return after;
    }

    /// <summary>Raises the version after a change of members. Returns the new version.</summary>
    public long MembersChanged(string roomId, int memberCountChange, long now)
    {
        var room = Known(roomId);
        rows.Rooms.Write(roomId, room with { Version = room.Version + 1, UpdatedAt = now, MemberCount = room.MemberCount + memberCountChange });
        return room.Version + 1;
    }

    /// <summary>Deletes the room. What belongs to it is nobody's from here on, and goes in steps later; its audit rows stay.</summary>
    public void Delete(string roomId)
    {
        var room = Known(roomId);
        rows.Rooms.Write(roomId, null);
        if (room.Slug is not null) rows.Slugs.Write(room.Slug, null);
        rows.Remains.Add(room.Number);
        rows.CountRooms(-1);
        // The rooms of its members are fewer now, and nobody has read who they are.
        rows.OwnRooms.Forget();
        rows.AddedRooms.Forget();
    }

    /// <summary>A room that the running job has found before.</summary>
    public StoredRoom Known(string roomId) => Find(roomId) ?? throw new InvalidOperationException($"Room {roomId} is changed and is not there.");

    private void MoveSlug(StoredRoom before, StoredRoom after)
    {
        if (before.Slug is not null) rows.Slugs.Write(before.Slug, null);
        if (after.Slug is not null) rows.Slugs.Write(after.Slug, after.Id);
    }
}
