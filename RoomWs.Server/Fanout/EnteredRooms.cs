using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>How sockets enter and exit rooms, and what they do in the rooms they have entered. May be used from any thread.</summary>
internal sealed class EnteredRooms(RoomDirectory directory, CursorTicker ticker, Alarms alarms, TimeProvider time)
{
    /// <summary>A user no longer counts as typing on a socket this long after its last ROOM_TYPING.</summary>
    private static readonly TimeSpan TypingTimeout = TimeSpan.FromSeconds(5);

    private static readonly ErrorReply NotEntered = new(ErrorCode.Forbidden, "This socket has not entered the room; send ROOM_ENTER first.");

    private readonly RoomEntries _entries = new();

    /// <summary>The number of rooms that a socket has entered.</summary>
    public int Count(ClientConnection connection) => _entries.Count(connection);

    /// <summary>Enters a socket into a room. Under the room's gate, and only while the room is not retired.</summary>
    /// <returns>The live state of the room.</returns>
    public LiveState EnterLocked(ClientConnection connection, string roomId, LiveRoom room)
    {
        var live = room.Live ??= new LiveState(roomId, _entries);
        live.Enter(connection);
        ticker.ScheduleLocked(room);
        return live;
    }

    public void Exit(ClientConnection connection, string roomId)
    {
        if (_entries.Remove(connection, roomId)) ExitRoom(connection, roomId);
    }

    /// <summary>Takes a socket out of all its rooms, when its connection ends.</summary>
    public void ExitAll(ClientConnection connection)
    {
        // It is off the list already: a room that it were left in would have a ghost.
        Each.Do(_entries.RemoveAll(connection), roomId => ExitRoom(connection, roomId));
    }

    public ErrorReply? MoveCursor(ClientConnection connection, string roomId, double x, double y) => InRoom(connection, roomId, (room, live, _) =>
    {
        live.Move(connection, x, y, time.GetUtcNow().ToUnixTimeMilliseconds());
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
