using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>The members of rooms as the running batch has left them so far. The room's version and member count belong to <see cref="BatchRooms"/>. Writer's thread only.</summary>
internal sealed class BatchMembers(BatchRows rows, Prefetch prefetch, BatchSnapshots snapshots, Func<string, StoredRoom> known)
{
    public RoomRole? Role(string roomId, string userId) => RoleIn(known(roomId), userId);

    public RoomRole? RoleIn(StoredRoom room, string userId)
    {
        var key = (room.Number, userId);
        if (rows.Members.TryGet(key, out var member)) return member?.Role;
        if (rows.RolesOf(room) is { } before) return before.RoleOf(userId);

        prefetch.LoadLate(room, needs => needs.Members.Add(userId));
        return rows.Members.TryGet(key, out member) ? member?.Role : null;
    }

    /// <summary>Those of the users who are not members, in the given order.</summary>
    public string[] Strangers(string roomId, IReadOnlyList<string> userIds)
    {
        var room = known(roomId);
        return [.. userIds.Where(userId => RoleIn(room, userId) is null)];
    }

    /// <summary>Adds users who are not members.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="members">The members, in their order of joining.</param>
    /// <param name="areAdded">Whether others put them into the room; its OWNER is there by itself.</param>
    public void Add(string roomId, IReadOnlyList<Member> members, bool areAdded)
    {
        var room = Held(roomId);
        var position = room.MemberSeq;
        foreach (var member in members)
        {
            var wasAdded = areAdded && member.Role != RoomRole.Owner;
            var row = new StoredMember(member.Role) { New = new NewMember(room.Id, member.JoinedAt, ++position, wasAdded, room.MessageSeq) };
            rows.Members.Write((room.Number, member.UserId), row);
            (wasAdded ? rows.AddedRooms : rows.OwnRooms).Raise(member.UserId);
        }

        rows.Rooms.Write(roomId, room with { MemberSeq = position });
    }

    public void SetRole(string roomId, string userId, RoomRole role)
    {
        var room = Held(roomId);
        var before = rows.Members.TryGet((room.Number, userId), out var member) ? member : null;
        rows.Members.Write((room.Number, userId), (before ?? new StoredMember(role)) with { Role = role });
    }

    public void Remove(string roomId, string userId)
    {
        rows.Members.Write((Held(roomId).Number, userId), null);
        // One of the two counts is smaller now, and nobody has read which.
        rows.OwnRooms.Forget();
        rows.AddedRooms.Forget();
    }

    /// <summary>The user who takes over from a leaving OWNER: the ADMIN who joined first, or else the MEMBER who joined first. Null if there is none.</summary>
    public string? Successor(string roomId)
    {
        string? heir = null;
        foreach (var member in snapshots.At(roomId, known(roomId).Version).Members)
        {
            // They come in the order of joining.
            if (member.Role == RoomRole.Admin) return member.UserId;
            if (member.Role == RoomRole.Member) heir ??= member.UserId;
        }

        return heir;
    }

    /// <summary>The number of rooms that the user has made or joined by itself. Counting stops at <paramref name="countTo"/>.</summary>
    public int OwnRoomsOf(string userId, int countTo)
    {
        if (!rows.OwnRooms.Knows(userId)) prefetch.CountLate(needs => needs.OwnRooms[userId] = countTo);
        return rows.OwnRooms.TryGet(userId, out var count) ? count : 0;
    }

    /// <summary>The first of the users whom others have put into <paramref name="limit"/> rooms or more. Null if there is none.</summary>
    public string? FirstAddedTo(IReadOnlyList<string> userIds, int limit)
    {
        var unknown = userIds.Where(userId => !rows.AddedRooms.Knows(userId)).ToList();
        if (unknown.Count > 0)
        {
            prefetch.CountLate(needs =>
            {
                foreach (var userId in unknown) needs.AddedRooms[userId] = limit;
            });
        }

        return userIds.FirstOrDefault(userId => rows.AddedRooms.TryGet(userId, out var count) && count >= limit);
    }

    /// <summary>The room, and its members as they are before the change, from which those after it are made.</summary>
    private StoredRoom Held(string roomId)
    {
        var room = known(roomId);
        snapshots.Hold(room);
        return room;
    }
}
