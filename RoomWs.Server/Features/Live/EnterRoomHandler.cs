using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Live;
using RoomWs.Protocol.Messages;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Live;

/// <summary>ROOM_ENTER: a socket wants to see the room live.</summary>
internal sealed class EnterRoomHandler(RoomFinder finder, ReadConnections reads, EnteredRooms live, Presence presence) : ISocketHandler<EnterRoom>
{
    private const int RecentMessages = 50;

    public ErrorReply? Validate(EnterRoom command) => FieldRules.RoomId(command.RoomId);

    public Outcome? Handle(EnterRoom command, ClientConnection connection)
    {
        if (finder.Find(command.RoomId, null) is not { } seen) return RoomErrors.NotFound;
        if (seen.Refuse(RoomAction.See, connection.Caller!.UserId) is { } refusal) return refusal;

        // What comes from the database is read before the gate is taken, but for two rows: the room's other sockets must not wait for it.
        var room = seen.Snapshot;
        var members = Members(room);
        var recent = Recent(room.Id);
        return new Outcome.AnsweredAtGate(seen, () =>
        {
            live.Enter(connection, room.Id, seen.Room);
            var state = seen.Room.Live!;
            // What was said meanwhile has been told already, and a client that shows what it gets here would lose it.
            if (reads.Read(read => read.Messages.LastSeq(room.Id)) != (recent.Count == 0 ? 0 : recent[^1].Seq)) recent = Recent(room.Id);
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

    private List<RoomMessage> Recent(string roomId) =>
        reads.Read(read => read.Messages.NewestBetween(roomId, 0, long.MaxValue, RecentMessages));

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
