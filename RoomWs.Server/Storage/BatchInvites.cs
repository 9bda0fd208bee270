using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>Invites as the running batch has left them so far. Writer's thread only.</summary>
internal sealed class BatchInvites(BatchRows rows, Prefetch prefetch, IStore store, BatchMembers members, BatchSnapshots snapshots, Func<string, StoredRoom> known)
{
    public StoredInvite? FindByHash(byte[] codeHash, string userId)
    {
        var key = Convert.ToHexString(codeHash);
        if (!rows.Codes.Knows(key)) prefetch.LoadLate(needs => needs.Codes.Add((codeHash, userId)));
        return rows.Codes.TryGet(key, out var inviteId) && inviteId is not null && rows.Invites.TryGet(inviteId, out var invite) ? invite : null;
    }

    /// <summary>
    /// The number of invites of a room that let somebody in at present: not used, not expired, and made by a user who could still make them. Counted when it is asked
    /// for, which is when one is made; counting stops about <paramref name="countTo"/>.
    /// </summary>
    public int Live(string roomId, long now, int countTo)
    {
        var room = known(roomId);
        var changed = rows.Invites.Changed.ToList();
        var count = changed.Sum(invite => Counts(invite.Now) - Counts(invite.Stored));
        foreach (var member in snapshots.At(roomId, room.Version).Members)
        {
            if (count >= countTo) break;
            // Of those that are stored the batch may have ended some.
            if (RoomPermissions.Allow(member.Role, RoomAction.ManageInvites)) count += store.UsableInvites(room.Number, member.UserId, now, countTo + changed.Count);
        }

        return count;

        int Counts(StoredInvite? invite) =>
            invite?.RoomNumber == room.Number && invite.IsUsable(now) && RoomPermissions.Allow(members.RoleIn(room, invite.CreatedBy), RoomAction.ManageInvites) ? 1 : 0;
    }

    public void Add(StoredInvite invite)
    {
        rows.Invites.Add(invite.InviteId, invite);
        rows.Codes.Write(Convert.ToHexString(invite.CodeHash), invite.InviteId);
    }

    public void Use(string inviteId, string userId, long now)
    {
        if (rows.Invites.TryGet(inviteId, out var invite)) rows.Invites.Write(inviteId, invite! with { UsedAt = now, UsedBy = userId });
    }

    /// <summary>Deletes an invite of a room. False if there was no such invite.</summary>
    public bool Revoke(string roomId, string inviteId)
    {
        if (!rows.Invites.Knows(inviteId)) prefetch.LoadLate(known(roomId), needs => needs.Invites.Add(inviteId));
        if (!rows.Invites.TryGet(inviteId, out var invite) || invite?.RoomNumber != known(roomId).Number) return false;

        rows.Invites.Write(inviteId, null);
        rows.Codes.Write(Convert.ToHexString(invite.CodeHash), null);
        return true;
    }
}
