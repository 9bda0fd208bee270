using Microsoft.Extensions.Logging.Abstractions;
using RoomWs.Protocol.Members;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Tests.Support;

/// <summary>All that lies between a commit and the sockets, over the database of a test. Where there is no writer, the test is its thread.</summary>
internal sealed class KernelFanout : IDisposable
{
    private readonly List<KernelSocket> _sockets = [];

    /// <summary>Makes a node.</summary>
    /// <param name="bus">Where it is one of several nodes.</param>
    /// <param name="time">The clock of all of them.</param>
    public KernelFanout(ILiveBus? bus = null, ManualTimeProvider? time = null)
    {
        Time = time ?? new ManualTimeProvider();
        Rooms = new RoomDirectory(Database.Reads, Told, Time);
        Alarms = new Alarms(Time, NullLogger<Alarms>.Instance);
        Ticker = new CursorTicker(Alarms);
        Broadcaster = new Broadcaster(Rooms, Members, Connections, Ticker, new SendBatch());
        var (clock, entries) = (new NodeClock(Time), new RoomEntries());
        News = new LiveNews(clock, Told, bus);
        Entered = new EnteredRooms(Rooms, Ticker, entries, News, clock, Alarms, Time);
        Peers = new LivePeers(News, clock, Rooms, entries, Ticker, Told, Time, NullLogger<LivePeers>.Instance);
        bus?.Join(Peers);
    }

    public ManualTimeProvider Time { get; }

    public ToldPosition Told { get; } = new();

    public KernelDatabase Database { get; } = new();

    public RoomDirectory Rooms { get; }

    public LocalMembers Members { get; } = new();

    public ConnectionRegistry Connections { get; } = new();

    public Alarms Alarms { get; }

    public CursorTicker Ticker { get; }

    public Broadcaster Broadcaster { get; }

    public EnteredRooms Entered { get; }

    public LiveNews News { get; }

    public LivePeers Peers { get; }

    /// <summary>A frame of which only the type matters.</summary>
    public static OutboundMessage Message(string type) => new(type, "{}"u8.ToArray());

    /// <summary>Makes a room in the database, and lets in those of its members who are connected.</summary>
    public RoomSnapshot AddRoom(string roomId, params string[] userIds)
    {
        var room = Database.AddRoom(roomId, userIds);
        Members.Join(room);
        return room;
    }

    public KernelSocket Connect(string userId, bool takesDeltas = false, bool isSlow = false)
    {
        var socket = new KernelSocket(userId, isSlow, time: Time);
        socket.Connection.TakesMemberDeltas = takesDeltas;
        Members.Take(Members.Add(userId), Database.Reads.Read(read => read.Members.RoomIdsOf(userId)));
        Connections.TryIdentify(socket.Connection, userId, limit: 0);
        _sockets.Add(socket);
        return socket;
    }

    /// <summary>Tells a change, as its commit does; it goes out with <see cref="Send"/>.</summary>
    public void Announce(RoomSnapshot after, KernelSocket requester, string reply, params IReadOnlyList<RoomEvent> events) =>
        Broadcaster.Announce(new RoomChange(after.Id, after, events), requester.Connection, Message(reply).Event);

    /// <summary>Tells that somebody has joined, by the list of members alone, and gives the room from then on.</summary>
    public RoomSnapshot AnnounceJoin(RoomSnapshot before, string userId, KernelSocket requester, string reply = "JOINED")
    {
        var after = before.With(MemberChange.Joined([new Member(userId, RoomRole.Member, 0)]), before.Version + 1, 0);
        Announce(after, requester, reply, RoomEvent.MemberList(after));
        return after;
    }

    /// <summary>Tells that a membership has ended, to who is left and who is gone, and gives the room from then on.</summary>
    public RoomSnapshot AnnounceEnd(RoomSnapshot before, string userId, KernelSocket requester, string reply = "REMOVED")
    {
        var after = before.With(MemberChange.Ended(userId, null), before.Version + 1, 0);
        Announce(after, requester, reply, RoomEvent.MemberListWithout(userId, after));
        return after;
    }

    /// <summary>Drops what its sockets were sent.</summary>
    public void TakeAll() => _sockets.ForEach(socket => socket.Take());

    /// <summary>The end of a batch.</summary>
    public void Send() => Broadcaster.EndBatch();

    public void Dispose()
    {
        Ticker.Dispose();
        foreach (var socket in _sockets) socket.Dispose();
        Database.Dispose();
    }
}
