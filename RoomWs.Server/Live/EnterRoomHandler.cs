using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Live;
using RoomWs.Server.Broadcasting;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Rooms;
using RoomWs.Server.Storage;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Live;

/// <summary>ROOM_ENTER: a socket wants to see the room live.</summary>
internal sealed class EnterRoomHandler(RoomFinder finder, ReadConnections reads, LiveRooms live, Presence presence) : ISocketHandler<EnterRoom>
{
    private const int RecentMessages = 50;

    public ErrorReply? Validate(EnterRoom command) => FieldRules.RoomId(command.RoomId);

    public Outcome? Handle(EnterRoom command, ClientConnection connection)
    {
        if (finder.Find(command.RoomId, null) is not { } seen) return RoomErrors.NotFound;

        var role = seen.Snapshot.RoleOf(connection.Caller!.UserId);
        if (!RoomPermissions.Allow(role, RoomAction.See)) return RoomErrors.Forbidden(role);

        // What comes from the database is read before the gate is taken, but for one row: the room's other sockets must not wait for it.
        var room = seen.Snapshot;
        var members = Members(room);
        var recent = reads.Read(read => read.Messages.NewestBetween(room.Id, 0, long.MaxValue, RecentMessages));
        return new Outcome.AnsweredAtGate(seen, () =>
        {
            live.Enter(connection, room.Id, seen.Room);
            var state = seen.Room.Live!;
            // Behind the entering: an update is either in this number or told live, never neither.
            var board = room.Meta.ActiveBoardId is { } boardId ? reads.Read(read => read.Boards.Find(room.Id, boardId)) : null;
            return new RoomState(
                room.Id,
                room.ToRoom(),
                members,
                state.Cursors,
                state.Typing,
                recent,
                board is null ? null : new ActiveBoard(board.BoardId, board.Seq));
        });
    }

    private List<RoomStateMember> Members(RoomSnapshot room)
    {
        var users = reads.Read(read => read.Users.InRoom(room.Id));
        var members = new List<RoomStateMember>(room.MemberCount);
        foreach (var member in room.Members)
        {
            var username = users.GetValueOrDefault(member.UserId)?.Username ?? member.UserId;
            members.Add(new RoomStateMember(member.UserId, username, member.Role, presence.IsOnline(member.UserId)));
        }

        return members;
    }
}
