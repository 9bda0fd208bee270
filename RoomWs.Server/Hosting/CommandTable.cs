using System.Collections.Frozen;
using System.Text.Json.Serialization.Metadata;
using RoomWs.Protocol;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Fanout;
using RoomWs.Server.Features.Auditing;
using RoomWs.Server.Features.Boards;
using RoomWs.Server.Features.Connection;
using RoomWs.Server.Features.Invites;
using RoomWs.Server.Features.Live;
using RoomWs.Server.Features.Members;
using RoomWs.Server.Features.Messages;
using RoomWs.Server.Features.Rooms;
using RoomWs.Server.Identity;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Hosting;

/// <summary>Every request that there is: its type, its contract, the room it is about, its handler. A new command is a new line here.</summary>
internal sealed class CommandTable
{
    private readonly FrozenDictionary<string, Command> _commands;

    public CommandTable(RoomWsOptions options, ReadConnections reads, WriteQueue writes, RoomDirectory rooms, EnteredRooms live, Presence presence, TokenReader tokens, SignIn signIn, CapabilityChoice capabilities, PendingRequestNotice pendingRequests, TimeProvider time)
    {
        var wire = ProtocolJson.Wire;
        var limits = options.Limits;
        var rules = new FieldRules(limits);
        var finder = new RoomFinder(rooms, reads);
        Command[] commands =
        [
            // Connection
            Connection(MessageTypes.Hello, wire.Hello, new HelloHandler(options, tokens, signIn, capabilities, pendingRequests, time)),
            Connection(MessageTypes.Resume, wire.Resume, new ResumeHandler(limits, reads, writes, time), needsIdentity: true),
            Connection(MessageTypes.Ping, wire.Ping, new PingHandler(time)),

            // Rooms
            Change(MessageTypes.RoomCreate, wire.CreateRoom, c => c.RoomId, new CreateRoomHandler(rules, limits)),
            Change(MessageTypes.RoomUpdateMeta, wire.UpdateRoomMeta, c => c.RoomId, new UpdateRoomMetaHandler(rules)),
            Change(MessageTypes.RoomDelete, wire.DeleteRoom, c => c.RoomId, new DeleteRoomHandler()),
            Query(MessageTypes.RoomInfo, wire.GetRoomInfo, c => c.RoomId ?? c.Slug, new GetRoomInfoHandler(finder)),
            Query(MessageTypes.RoomList, wire.ListRooms, _ => null, new ListRoomsHandler(reads, time)),

            // Members
            Change(MessageTypes.RoomAddMembers, wire.AddRoomMembers, c => c.RoomId, new AddRoomMembersHandler(rules, limits)),
            Change(MessageTypes.RoomRemoveMember, wire.RemoveRoomMember, c => c.RoomId, new RemoveRoomMemberHandler()),
            Change(MessageTypes.RoomSetRole, wire.SetRoomRole, c => c.RoomId, new SetRoomRoleHandler()),
            Change(MessageTypes.RoomJoin, wire.JoinRoom, c => c.RoomId ?? c.Slug, new JoinRoomHandler(limits), isMembershipAction: true),
            Change(MessageTypes.RoomLeave, wire.LeaveRoom, c => c.RoomId, new LeaveRoomHandler(options.OwnerLeave), ErrorCode.LeaveFailed, isMembershipAction: true),
            Change(MessageTypes.RoomJoinApprove, wire.ApproveJoin, c => c.RoomId, new ApproveJoinHandler(limits)),
            Change(MessageTypes.RoomJoinDeny, wire.DenyJoin, c => c.RoomId, new DenyJoinHandler()),
            Change(MessageTypes.RoomJoinCancel, wire.CancelJoin, c => c.RoomId, new CancelJoinHandler()),
            Query(MessageTypes.RoomJoinRequests, wire.ListJoinRequests, c => c.RoomId, new ListJoinRequestsHandler(finder, reads)),
            Query(MessageTypes.RoomMembers, wire.GetRoomMembers, c => c.RoomId ?? c.Slug, new GetRoomMembersHandler(finder, reads, presence)),

            // Audit
            Query(MessageTypes.RoomAuditList, wire.ListAudit, c => c.RoomId, new ListAuditHandler(finder, reads)),

            // Invites
            Change(MessageTypes.RoomInviteCreate, wire.CreateInvite, c => c.RoomId, new CreateInviteHandler(), isMembershipAction: true),
            Change(MessageTypes.RoomInviteAccept, wire.AcceptInvite, _ => null, new AcceptInviteHandler(limits), isMembershipAction: true),
            Change(MessageTypes.RoomInviteRevoke, wire.RevokeInvite, c => c.RoomId, new RevokeInviteHandler()),
            Query(MessageTypes.RoomInviteList, wire.ListInvites, c => c.RoomId, new ListInvitesHandler(finder, reads)),

            // Messages
            Change(MessageTypes.RoomMessage, wire.SendRoomMessage, c => c.RoomId, new SendRoomMessageHandler(rules), isContent: true),
            Query(MessageTypes.RoomHistory, wire.GetRoomHistory, c => c.RoomId, new GetRoomHistoryHandler(finder, reads)),

            // Live
            Socket(MessageTypes.RoomEnter, wire.EnterRoom, c => c.RoomId, new EnterRoomHandler(finder, reads, live, presence)),
            Socket(MessageTypes.RoomExit, wire.ExitRoom, c => c.RoomId, new ExitRoomHandler(live)),
            Socket(MessageTypes.RoomCursor, wire.MoveCursor, c => c.RoomId, new MoveCursorHandler(live), isFleeting: true, isConflated: true),
            Socket(MessageTypes.RoomTyping, wire.SetTyping, c => c.RoomId, new SetTypingHandler(live), isFleeting: true),

            // Boards
            Change(MessageTypes.RoomBoardCreate, wire.CreateBoard, c => c.RoomId, new CreateBoardHandler(rules, limits)),
            Change(MessageTypes.RoomBoardDelete, wire.DeleteBoard, c => c.RoomId, new DeleteBoardHandler()),
            Change(MessageTypes.RoomBoardActivate, wire.ActivateBoard, c => c.RoomId, new ActivateBoardHandler()),
            Change(MessageTypes.RoomBoardUpdate, wire.UpdateBoard, c => c.RoomId, new UpdateBoardHandler(), isContent: true),
            Change(MessageTypes.RoomBoardSnapshot, wire.SnapshotBoard, c => c.RoomId, new SnapshotBoardHandler()),
            Query(MessageTypes.RoomBoardList, wire.ListBoards, c => c.RoomId, new ListBoardsHandler(finder, reads)),
            Query(MessageTypes.RoomBoardState, wire.GetBoardState, c => c.RoomId, new GetBoardStateHandler(finder, reads)),
        ];
        _commands = commands.ToFrozenDictionary(command => command.Type, StringComparer.Ordinal);
    }

    /// <summary>All of them, in no order.</summary>
    public IReadOnlyList<Command> All => _commands.Values;

    public Command? Find(string type) => _commands.GetValueOrDefault(type);

    private static ConnectionCommand<T> Connection<T>(string type, JsonTypeInfo<T> contract, IConnectionHandler<T> handler, bool needsIdentity = false)
        where T : class => new(type, contract, handler, needsIdentity);

    private static SocketCommand<T> Socket<T>(string type, JsonTypeInfo<T> contract, Func<T, string?> room, ISocketHandler<T> handler, bool isFleeting = false, bool isConflated = false)
        where T : class => new(type, contract, room, handler, isFleeting, isConflated);

    private static ChangeCommand<T> Change<T>(
        string type,
        JsonTypeInfo<T> contract,
        Func<T, string?> room,
        IChangeHandler<T> handler,
        ErrorCode failure = ErrorCode.InternalError,
        bool isMembershipAction = false,
        bool isContent = false)
        where T : class => new(type, contract, room, handler, failure, isMembershipAction, isContent);

    private static QueryCommand<T> Query<T>(string type, JsonTypeInfo<T> contract, Func<T, string?> room, IQueryHandler<T> handler)
        where T : class => new(type, contract, room, handler);
}
