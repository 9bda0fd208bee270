using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>Users' names and pictures as the running batch has left them so far. Writer's thread only.</summary>
internal sealed class BatchUsers(BatchRows rows, Prefetch prefetch)
{
    /// <summary>The user's name. Its id if the user has never signed in.</summary>
    public string NameOf(string userId)
    {
        if (!rows.Users.Knows(userId)) prefetch.LoadLate(needs => needs.Users.Add(userId));
        return rows.Users.TryGet(userId, out var user) && user is not null ? user.Username : userId;
    }

    public void Save(UserRow user, long now) => rows.Users.Write(user.Id, new StoredUser(user.Username, user.ThumbnailUrl, now));
}
