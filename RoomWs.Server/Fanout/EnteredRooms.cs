using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Fanout;

/// <summary>Who has entered which room, and what happens to that when a socket does something or ends. May be used from any thread.</summary>
internal sealed class EnteredRooms(RoomDirectory directory, CursorTicker ticker, TimeProvider time)
{
    /// <summary>So long after the last sign of it a user no longer counts as typing.</summary>
    private static readonly TimeSpan TypingEnds = TimeSpan.FromSeconds(5);

    private static readonly ErrorReply NotEntered = new(ErrorCode.Forbidden, "This socket has not entered the room; send ROOM_ENTER first.");

    /// <summary>Takes a socket in. Called under the room's gate, with the room not retired.</summary>
    public void Enter(ClientConnection connection, string roomId, LiveRoom room)
    {
        room.Live ??= new LiveState(roomId);
        room.Live.Enter(connection);
        ticker.Schedule(room);
        connection.EnteredRooms[roomId] = room;
    }

    public void Exit(ClientConnection connection, string roomId)
    {
        if (connection.EnteredRooms.TryRemove(roomId, out var room)) Exit(connection, room);
    }

    /// <summary>The end of a connection.</summary>
    public void ExitAll(ClientConnection connection)
    {
        if (!connection.HasEntered) return;
        foreach (var room in connection.EnteredRooms.Values) Exit(connection, room);
        connection.EnteredRooms.Clear();
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
        if (connection.HasEntered && connection.EnteredRooms.TryGetValue(roomId, out var room))
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

    private void Exit(ClientConnection connection, LiveRoom room)
    {
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
