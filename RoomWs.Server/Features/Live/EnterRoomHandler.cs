using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Live;
using RoomWs.Protocol.Messages;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Live;

/// <summary>ROOM_ENTER: enters the room with this socket, which then gets typing, cursors and board updates too.</summary>
internal sealed class EnterRoomHandler(EnteredRooms entered, Presence presence) : IRoomSocketHandler<EnterRoom>
{
    private const int RecentMessages = 50;

    /// <summary>Recent messages end here even if there are fewer, because ROOM_STATE waits whole, with its members, for a client that does not read.</summary>
    private const int RecentBytes = 262_144;

    public ErrorReply? Validate(EnterRoom command, Caller caller) => FieldRules.RoomId(command.RoomId);

    public Task PrepareAsync(EnterRoom command, ClientConnection connection, LiveRoom room) => entered.HearOthersAsync(connection, command.RoomId, room);

    public Outcome Handle(EnterRoom command, ClientConnection connection, RoomSnapshot room, IReads reads)
    {
        var userId = connection.Caller!.UserId;
        var (users, recent, board) = reads.Read(read => (read.Users.InRoom(room.Id), Recent(room.Id, read), Board(room, read)));

        // RoomAnswers calls this again if anything was told of the room since the reads: each message or update is in them or is sent live, never neither.
        return new Outcome.AnsweredAtGate(live =>
        {
            var state = entered.EnterLocked(connection, room.Id, live);
            return new RoomState(room.Id, room.Epoch, room.ToRoom(), Members(room, userId, users), state.Cursors, state.Typing, recent, board);
        });
    }

    private static List<RoomMessage> Recent(string roomId, Repositories read)
    {
        var (recent, _) = MessagePage.Of(count => read.Messages.NewestFirst(roomId, long.MaxValue, count), RecentMessages, RecentBytes);
        recent.Reverse();
        return recent;
    }

    private static ActiveBoard? Board(RoomSnapshot room, Repositories read) =>
        room.Meta.ActiveBoardId is { } boardId && read.Boards.Find(room.Id, boardId) is { } board ? new ActiveBoard(board.BoardId, board.Seq) : null;

    private List<RoomStateMember> Members(RoomSnapshot room, string userId, Dictionary<string, UserRow> users)
    {
        var members = new List<RoomStateMember>(room.MemberCount);
        foreach (var member in room.Members)
        {
            var username = users.GetValueOrDefault(member.UserId)?.Username ?? member.UserId;
            members.Add(new RoomStateMember(member.UserId, username, member.Role, presence.IsShownOnline(member.UserId, to: userId)));
        }

        return members;
    }
}
