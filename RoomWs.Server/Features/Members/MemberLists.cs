using System.Collections.Concurrent;
using RoomWs.Protocol;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Features.Members;

/// <summary>
/// The members of rooms with their names, pictures and presence. Of a large room the last list is kept with its encoding, because thousands may ask for it in a
/// row, and each time it would be the dearest of all answers. It is used as long as a new one would be equal. May be used from any thread.
/// </summary>
internal sealed class MemberLists(UserNames names, Presence presence, TimeProvider time)
{
    /// <summary>Lists of fewer members are made quickly, and there may be very many of them.</summary>
    private const int Few = 100;

    private static readonly TimeSpan MaxUnused = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, MemberList> _kept = new(StringComparer.Ordinal);

    /// <summary>The list of a room, with the names as they are stored now. May read the database: never call it under a gate.</summary>
    public MemberList Of(RoomSnapshot room, IReads reads)
    {
        // Looked at before the names are read: if they change while or after they are, the list is not used again.
        var state = names.State;
        if (state is not null && _kept.TryGetValue(room.Id, out var kept) && kept.IsOf(room, state.Value))
        {
            kept.LastUsed = time.GetTimestamp();
            return kept;
        }

        var (users, isAtVersion) = reads.Read(read => (read.Users.InRoom(room.Id), read.Rooms.IsAt(room.Id, room.Epoch, room.Version)));
        var list = new MemberList(room, users, state) { LastUsed = time.GetTimestamp() };
        // The names of a later version lack those who have left, and this answer is not sent.
        if (room.MemberCount >= Few && state is not null && isAtVersion) _kept[room.Id] = list;
        return list;
    }

    /// <summary>The reply that shows the list to a user. Does not read the database.</summary>
    public OutboundMessage Show(MemberList list, string toUserId) => list.Show([.. list.Room.MemberIds.Select(userId => presence.IsShownOnline(userId, toUserId))]);

    /// <summary>Drops the lists that were not asked for lately.</summary>
    public void DropUnused()
    {
        foreach (var kept in _kept)
        {
            if (time.GetElapsedTime(kept.Value.LastUsed) >= MaxUnused) _kept.TryRemove(kept);
        }
    }
}

/// <summary>The members of one version of a room, with their names.</summary>
/// <param name="room">The room.</param>
/// <param name="users">Those whose name is stored.</param>
/// <param name="state">The state of all names when these were read. Null if it is not known.</param>
internal sealed class MemberList(RoomSnapshot room, Dictionary<string, UserRow> users, long? state)
{
    private Shown? _shown;

    public RoomSnapshot Room => room;

    /// <summary>When it was last asked for, as a timestamp of the server's clock.</summary>
    public long LastUsed { get; set; }

    public bool IsOf(RoomSnapshot otherRoom, long otherState) => ReferenceEquals(room, otherRoom) && state == otherState;

    /// <summary>The reply. It is the last one again if the same members are online.</summary>
    /// <param name="online">Whether each member is shown as online.</param>
    public OutboundMessage Show(bool[] online)
    {
        if (Volatile.Read(ref _shown) is { } shown && shown.Online.AsSpan().SequenceEqual(online)) return shown.Reply;

        // The records are made when they are encoded, and not kept beside the encoding.
        var reply = new OutboundMessage(MessageTypes.RoomCreated, expectedBytes: 0, () => new RoomCreated(room.ToRoom(), Details(online)));
        Volatile.Write(ref _shown, new Shown(online, reply));
        return reply;
    }

    private List<MemberDetail> Details(bool[] online)
    {
        var details = new List<MemberDetail>(room.MemberCount);
        foreach (var member in room.Members)
        {
            var user = users.GetValueOrDefault(member.UserId);
            details.Add(new MemberDetail(
                member.UserId,
                user?.Username ?? member.UserId,
                user?.ThumbnailUrl,
                member.Role,
                member.JoinedAt,
                online[details.Count]));
        }

        return details;
    }

    /// <summary>A reply, and who is online in it.</summary>
    private sealed record Shown(bool[] Online, OutboundMessage Reply);
}
