using RoomWs.Protocol;
using RoomWs.Protocol.Live;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Tells the changes of another node's batch to those clients of this node whom they concern. Of rooms that concern nobody here it takes one look each. Writer's thread
/// only.
/// </summary>
internal sealed class ForeignChanges(IFeed feed, RoomDirectory directory, LocalMembers local, ConnectionRegistry connections, Broadcaster broadcaster, PresenceInbox presence)
{
    /// <summary>Called, on the writer's thread, with the name of a node that is gone: what it had told of its sockets is no longer so.</summary>
    public Action<string>? NodeGone { get; set; }

    /// <summary>Tells a batch, or who has come and gone on whatever node.</summary>
    /// <exception cref="Exception">Not all of it could be told.</exception>
    public void Tell(FeedRow row)
    {
        var content = FeedRead.Of(row.Body);
        foreach (var turn in content.Presence) presence.Add(EventOf(turn, row.Position));
        if (content.GoneNode is { } node) NodeGone?.Invoke(node);
        var entries = content.Changes.Where(IsWanted).ToList();
        if (entries.Count == 0) return;

        var contents = feed.Contents(entries);
        foreach (var entry in entries)
        {
            var words = contents.GetValueOrDefault(entry);
            directory.PublishForeign(entry, row.Position, Next, (room, after) => Tell(entry, ChangeOf(entry, after, words), room));
        }
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

    /// <summary>Drops what is in memory of rooms and of who is online: what was told has a hole.</summary>
    public void Forget()
    {
        directory.DropAll();
        presence.BeginAnew();
    }

    private static PresenceEvent EventOf(FeedPresence turn, long position) =>
        new(turn.UserId, turn.Username, turn.IsOnline ? PresenceStatus.Online : PresenceStatus.Offline, turn.At, position);

    private bool IsWanted(FeedEntry entry) =>
        directory.InUse(entry.RoomId) is not null
        || local.Of(entry.RoomId).Length > 0
        || entry.Events.Any(one => one.Audience.UserIds.Any(IsHere))
        || (entry.Members?.Added ?? entry.List ?? []).Any(member => IsHere(member.UserId));

    private bool IsHere(string userId) => connections.Of(userId).Length > 0;

    /// <summary>The room after a change. Null if it was not in memory, and the change does not say what it has become.</summary>
    private static RoomSnapshot? Next(RoomSnapshot? before, FeedEntry entry)
    {
        if (before is not null && before.Epoch != entry.Epoch) before = null;
        if (entry.List is { } list) return new RoomSnapshot(entry.RoomId, entry.Epoch!, entry.Meta!, entry.Version!.Value, entry.UpdatedAt, list, entry.Members);
        if (before is null || !entry.IsRaised) return before;
        if (before.Version != entry.Version - 1) throw new InvalidOperationException($"Room {entry.RoomId} is at version {before.Version}, and another node has made {entry.Version} of it.");
        return entry.Members is { } members ? before.With(members, entry.Version!.Value, entry.UpdatedAt) : before.WithMeta(entry.Meta!, entry.Version!.Value, entry.UpdatedAt);
    }

    private static RoomChange ChangeOf(FeedEntry entry, RoomSnapshot? after, ServerMessage? content) => new(entry.RoomId, after, [.. Events(entry, after, content)])
    {
        Speaker = entry.Speaker,
        BoardId = entry.BoardId,
        Seq = entry.Seq,
        Removed = entry.Members?.Removed,
    };

    private static IEnumerable<RoomEvent> Events(FeedEntry entry, RoomSnapshot? after, ServerMessage? content)
    {
        foreach (var one in entry.Events)
        {
            var message = one switch
            {
                { Kind: RoomEventKind.MemberList } => after?.MembersUpdated,
                { Body: { } body } => new OutboundMessage(one.Type, body),
                // Its room, or the board, is gone by now, which is told next.
                _ => content is null ? null : (OutboundMessage)content,
            };
            if (message is not null) yield return new RoomEvent(message, one.Audience, one.Kind) { Mark = one.Mark };
        }
    }
}
