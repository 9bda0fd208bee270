using RoomWs.Protocol;
using RoomWs.Server.Model;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>A change of another node, with what is in the tables and not in the feed.</summary>
/// <param name="Entry">The change, as the feed says it.</param>
/// <param name="Content">The message or the board's update that it has added. Null if it has not, or that is gone.</param>
/// <param name="Loaded">
/// The room, where the feed does not list its members and this node needs them: as it was read after the change, and after those that others have made since.
/// </param>
internal sealed record ForeignNews(FeedEntry Entry, ServerMessage? Content, RoomSnapshot? Loaded)
{
    public bool HasAllMembers => Entry.List is not null || Loaded is not null;

    /// <summary>The room after the change, or further on. Null if it was not in memory, and the change does not say what it has become.</summary>
    /// <param name="before">The room as it is in memory.</param>
    /// <exception cref="InvalidOperationException">The room in memory has missed a change.</exception>
    public RoomSnapshot? After(RoomSnapshot? before)
    {
        if (Entry.List is { } list) return new RoomSnapshot(Entry.RoomId, Entry.Epoch!, Entry.Meta!, Entry.Version!.Value, Entry.UpdatedAt, list, Entry.Members);

        if (before?.Epoch != Entry.Epoch) before = null;
        if (before is null && Loaded?.Epoch == Entry.Epoch) before = Loaded?.Version == Entry.Version ? Loaded?.MadeBy(Entry.Members!) : Loaded;
        if (before is null || !Entry.IsRaised || before.Version >= Entry.Version) return before;
        if (before.Version != Entry.Version - 1) throw new InvalidOperationException($"Room {Entry.RoomId} is at version {before.Version}, and another node has made {Entry.Version} of it.");
        return Entry.Members is { } members ? before.With(members, Entry.Version!.Value, Entry.UpdatedAt) : before.WithMeta(Entry.Meta!, Entry.Version!.Value, Entry.UpdatedAt);
    }

    /// <summary>The change, for those who are told.</summary>
    /// <param name="after">What <see cref="After"/> has made of the room.</param>
    public RoomChange Told(RoomSnapshot? after) => new(Entry.RoomId, after, [.. Events(after)])
    {
        Speaker = Entry.Speaker,
        BoardId = Entry.BoardId,
        Seq = Entry.Seq,
        Removed = Entry.Members?.Removed,
    };

    private IEnumerable<RoomEvent> Events(RoomSnapshot? after)
    {
        foreach (var one in Entry.Events)
        {
            var message = one switch
            {
                // Of a room that is further on the list is told with the change that has come to it.
                { Kind: RoomEventKind.MemberList } => after?.Version == Entry.Version ? after?.MembersUpdated : null,
                { Body: { } body } => new OutboundMessage(one.Type, body),
                // Its room, or the board, is gone by now, which is told next.
                _ => Content is null ? null : (OutboundMessage)Content,
            };
            if (message is not null) yield return new RoomEvent(message, one.Audience, one.Kind) { Mark = one.Mark };
        }
    }
}
