using RoomWs.Protocol.Live;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Tells the changes of another node's batch to those clients of this node whom they concern. Of rooms that concern nobody here it takes one look each. Writer's thread
/// only.
/// </summary>
internal sealed class ForeignChanges(IFeed feed, ReadConnections reads, RoomDirectory directory, LocalMembers local, ConnectionRegistry connections, Broadcaster broadcaster, PresenceInbox presence)
{
    /// <summary>Called, on the writer's thread, with the name of a node that is gone: what it had told of its sockets is no longer so.</summary>
    public Action<string>? NodeGone { get; set; }

    /// <summary>What there is to tell of a batch: who has come and gone on whatever node, and the changes that concern somebody here.</summary>
    public ForeignBatch Read(FeedRow row)
    {
        var content = FeedRead.Of(row.Body);
        // What comes behind a change that concerns somebody here may do so because of it: it is this that lets them in.
        var rooms = new HashSet<string>(StringComparer.Ordinal);
        var entries = content.Changes.Where(entry => rooms.Contains(entry.RoomId) || (IsWanted(entry) && rooms.Add(entry.RoomId))).ToList();
        return new ForeignBatch(content.Presence, content.GoneNode, entries.Count == 0 ? [] : WithContents(entries));
    }

    /// <summary>Tells a batch.</summary>
    /// <param name="batch">What there is to tell.</param>
    /// <param name="position">Its position.</param>
    /// <exception cref="Exception">Not all of it could be told.</exception>
    public void Tell(ForeignBatch batch, long position)
    {
        foreach (var turn in batch.Presence) presence.Add(EventOf(turn, position));
        if (batch.GoneNode is { } node) NodeGone?.Invoke(node);
        foreach (var one in batch.News) directory.PublishForeign(one, position, (room, after) => Tell(one.Entry, one.Told(after), room));
    }

    private void Tell(FeedEntry entry, RoomChange change, LiveRoom? room)
    {
        if ((entry.Members?.Added ?? entry.List) is { } joined) local.Join(entry.RoomId, joined);
        try
        {
            broadcaster.AnnounceForeign(change, room);
        }
        finally
        {
            if (entry.Version is null) local.End(entry.RoomId);
            else if (entry.Members?.Removed is { } removed) local.Leave(entry.RoomId, removed);
        }
    }

    /// <summary>Drops what is in memory of rooms, their members and who is online: what they were told has a hole.</summary>
    public void Forget()
    {
        directory.DropAll();
        local.Forget();
        presence.BeginAnew();
    }

    private List<ForeignNews> WithContents(List<FeedEntry> entries)
    {
        var contents = feed.Contents(entries);
        return entries.ConvertAll(entry => new ForeignNews(entry, contents.GetValueOrDefault(entry), IsToLoad(entry) ? reads.Read(read => read.Loader.Load(entry.RoomId)) : null));
    }

    private static PresenceEvent EventOf(FeedPresence turn, long position) =>
        new(turn.UserId, turn.Username, turn.IsOnline ? PresenceStatus.Online : PresenceStatus.Offline, turn.At, position);

    private bool IsWanted(FeedEntry entry) =>
        directory.InUse(entry.RoomId) is not null
        || local.Of(entry.RoomId).Length > 0
        || entry.Events.Any(one => one.Audience.UserIds.Any(IsHere))
        || (entry.Members?.Added ?? entry.List ?? []).Any(member => IsHere(member.UserId));

    /// <summary>Whether members here are to get a list that the feed does not have, because it is too long, and memory does not.</summary>
    private bool IsToLoad(FeedEntry entry) =>
        entry is { Members: not null, List: null, Version: not null }
        && directory.Peek(entry.RoomId) is null
        && (local.Of(entry.RoomId).Length > 0 || entry.Members.Added.Any(member => IsHere(member.UserId)));

    private bool IsHere(string userId) => connections.Of(userId).Length > 0;
}
