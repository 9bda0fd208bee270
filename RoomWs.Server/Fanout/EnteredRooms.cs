using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Live;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>How sockets enter and exit rooms, and what they do in the rooms they have entered. May be used from any thread.</summary>
internal sealed class EnteredRooms(RoomDirectory directory, CursorTicker ticker, RoomEntries entries, LiveNews news, NodeClock clock, Alarms alarms, TimeProvider time)
{
    /// <summary>The longest that whoever enters waits for what other nodes say of the room. What comes later is told as it comes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>A user no longer counts as typing on a socket this long after its last ROOM_TYPING.</summary>
    private static readonly TimeSpan TypingTimeout = TimeSpan.FromSeconds(5);

    private static readonly ErrorReply NotEntered = new(ErrorCode.Forbidden, "This socket has not entered the room; send ROOM_ENTER first.");

    /// <summary>The number of rooms that a socket has entered.</summary>
    public int Count(ClientConnection connection) => entries.Count(connection);

    /// <summary>Waits a moment for what other nodes say of a room that this node has not entered yet, so that who enters it sees it at once.</summary>
    public async Task HearOthersAsync(ClientConnection connection, string roomId, LiveRoom room)
    {
        if (news.IsAlone) return;
        try
        {
            await AskOthers(connection, roomId, room).WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            // A node that says nothing keeps nobody out.
        }
    }

    /// <summary>Enters a socket into a room. Under the room's gate, and only while the room is not retired.</summary>
    /// <returns>The live state of the room.</returns>
    public LiveState EnterLocked(ClientConnection connection, string roomId, LiveRoom room)
    {
        var live = LiveLocked(roomId, room);
        live.Enter(connection);
        AskLocked(live);
        ticker.ScheduleLocked(room);
        return live;
    }

    public void Exit(ClientConnection connection, string roomId)
    {
        if (entries.Remove(connection, roomId)) ExitRoom(connection, roomId);
    }

    /// <summary>Takes a socket out of all its rooms, when its connection ends.</summary>
    public void ExitAll(ClientConnection connection)
    {
        // It is off the list already: a room that it were left in would have a ghost.
        Each.Do(entries.RemoveAll(connection), roomId => ExitRoom(connection, roomId));
    }

    public ErrorReply? MoveCursor(ClientConnection connection, string roomId, double x, double y) => InRoom(connection, roomId, (room, live, _) =>
    {
        live.Move(connection, new Cursor(connection.Caller!.UserId, x, y, time.GetUtcNow().ToUnixTimeMilliseconds()), clock.Next());
        ticker.ScheduleLocked(room);
    });

    public ErrorReply? SetTyping(ClientConnection connection, string roomId, bool typing) => InRoom(connection, roomId, (room, live, batch) =>
    {
        if (!typing)
        {
            live.StopTyping(connection, batch);
            return;
        }

        live.StartTyping(connection, alarms.Set(due => EndTyping(connection, room, due), TypingTimeout), batch);
    });

    private Task AskOthers(ClientConnection connection, string roomId, LiveRoom room)
    {
        Task answers;
        using (room.Gate.Enter())
        {
            // Only a member is a reason to ask others.
            if (room.Retired || room.Live?.Has(connection) == true || room.Snapshot?.RoleOf(connection.Caller!.UserId) is null) return Task.CompletedTask;
            var isFirst = room.Live is null;
            var live = LiveLocked(roomId, room);
            AskLocked(live);
            answers = live.Answers;
            // Else what they say would be for nobody.
            if (isFirst || !answers.IsCompleted) live.Expect(connection);
        }

        return answers;
    }

    private LiveState LiveLocked(string roomId, LiveRoom room) => room.Live ??= new LiveState(roomId, entries, news);

    private void AskLocked(LiveState live)
    {
        if (!live.IsAsked && !news.IsAlone) live.Ask();
    }

    private static void EndTyping(ClientConnection connection, LiveRoom room, ITimer due)
    {
        using var batch = new SendBatch();
        using (room.Gate.Enter()) room.Live?.EndTyping(connection, due, batch);
    }

    private ErrorReply? InRoom(ClientConnection connection, string roomId, Action<LiveRoom, LiveState, SendBatch> act)
    {
        if (directory.InUse(roomId) is { } room)
        {
            using var batch = new SendBatch();
            using (room.Gate.Enter())
            {
                if (room.Live is { } live && live.Has(connection))
                {
                    act(room, live, batch);
                    return null;
                }
            }
        }

        // The same of a room that there is not: what a socket may not see it cannot look for in this way.
        return NotEntered;
    }

    private void ExitRoom(ClientConnection connection, string roomId)
    {
        // A room that is not in use has no entered sockets.
        if (directory.InUse(roomId) is not { } room) return;

        using var batch = new SendBatch();
        using (room.Gate.Enter())
        {
            if (room.Live is not { } live) return;
            try
            {
                live.Exit(connection, batch);
            }
            finally
            {
                if (live.IsEmpty)
                {
                    live.Clear();
                    room.Live = null;
                }
                else
                {
                    ticker.ScheduleLocked(room);
                }
            }
        }
    }
}
