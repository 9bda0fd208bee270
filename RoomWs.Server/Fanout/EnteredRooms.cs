using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>What sockets do in the rooms that they have entered, and how they enter and exit. May be used from any thread.</summary>
internal sealed class EnteredRooms(RoomDirectory directory, CursorTicker ticker, TimeProvider time)
{
    /// <summary>Time after the last sign of it at which a user no longer counts as typing.</summary>
    private static readonly TimeSpan TypingEnds = TimeSpan.FromSeconds(5);

    private static readonly ErrorReply NotEntered = new(ErrorCode.Forbidden, "This socket has not entered the room; send ROOM_ENTER first.");

    private readonly RoomEntries _entries = new();

    /// <summary>How many rooms a socket has entered.</summary>
    public int Count(ClientConnection connection) => _entries.Count(connection);

    /// <summary>Takes a socket in. Under the room's gate, with the room not retired.</summary>
    /// <returns>What is fleeting about the room.</returns>
    public LiveState EnterLocked(ClientConnection connection, string roomId, LiveRoom room)
    {
        var live = room.Live ??= new LiveState(roomId, _entries);
        live.Enter(connection);
        ticker.Schedule(room);
        return live;
    }

    public void Exit(ClientConnection connection, string roomId)
    {
        if (_entries.Remove(connection, roomId)) ExitRoom(connection, roomId);
    }

    /// <summary>The end of a connection.</summary>
    public void ExitAll(ClientConnection connection)
    {
        foreach (var roomId in _entries.RemoveAll(connection)) ExitRoom(connection, roomId);
    }

    public ErrorReply? MoveCursor(ClientConnection connection, string roomId, double x, double y) => InRoom(connection, roomId, (room, live, _) =>
    {
        live.Move(connection, x, y, time.GetUtcNow().ToUnixTimeMilliseconds());
        ticker.Schedule(room);
    });

    public ErrorReply? SetTyping(ClientConnection connection, string roomId, bool typing) => InRoom(connection, roomId, (room, live, batch) =>
    {
        var userId = connection.Caller!.UserId;
        if (!typing)
        {
            live.StopTyping(userId, batch);
            return;
        }

        ITimer? end = null;
        end = time.CreateTimer(
            _ =>
            {
                var batch = new SendBatch();
                lock (room.Gate) room.Live?.EndTyping(userId, end!, batch);
                batch.Start();
            },
            null,
            TypingEnds,
            Timeout.InfiniteTimeSpan);
        live.StartTyping(connection, end, batch);
    });

    private ErrorReply? InRoom(ClientConnection connection, string roomId, Action<LiveRoom, LiveState, SendBatch> act)
    {
        if (directory.InUse(roomId) is { } room)
        {
            var batch = new SendBatch();
            var isIn = false;
            lock (room.Gate)
            {
                if (room.Live is { } live && live.Has(connection))
                {
                    isIn = true;
                    act(room, live, batch);
                }
            }

            batch.Start();
            if (isIn) return null;
        }

        return directory.Find(roomId) is null ? RoomErrors.NotFound : NotEntered;
    }

    private void ExitRoom(ClientConnection connection, string roomId)
    {
        // Where it is not in use, nobody is in.
        if (directory.InUse(roomId) is not { } room) return;

        var batch = new SendBatch();
        lock (room.Gate)
        {
            if (room.Live is not { } live) return;
            live.Exit(connection, batch);
            if (live.IsEmpty)
            {
                live.Clear();
                room.Live = null;
            }
            else
            {
                ticker.Schedule(room);
            }
        }

        batch.Start();
    }
}
