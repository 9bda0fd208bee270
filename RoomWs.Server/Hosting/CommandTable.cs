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
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Features.Rooms;
using RoomWs.Server.Identity;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Hosting;

/// <summary>What the handlers of commands work with.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Time">The clock.</param>
/// <param name="Reads">Connections to the database beside the writer.</param>
/// <param name="Writes">The writer.</param>
/// <param name="Answers">How requests that look at a room are answered.</param>
/// <param name="Entered">The rooms that sockets have entered.</param>
/// <param name="Presence">Who is online.</param>
/// <param name="Tokens">What reads tokens.</param>
/// <param name="SignIn">What makes a connection a user's.</param>
/// <param name="Capabilities">What a connection can ask for in HELLO.</param>
/// <param name="PendingRequests">What is sent of join requests after HELLO_ACK.</param>
internal sealed record CommandServices(
    RoomWsOptions Options,
    TimeProvider Time,
    ReadConnections Reads,
    WriteQueue Writes,
    RoomAnswers Answers,
    EnteredRooms Entered,
    Presence Presence,
    TokenReader Tokens,
    SignIn SignIn,
    CapabilityChoice Capabilities,
    PendingRequestNotice PendingRequests);

/// <summary>
/// Every request that there is: its type, its contract, the room it names, what it requires there, its handler. A new command is a new line here.
/// </summary>
internal sealed class CommandTable
{
    private readonly CommandServices _services;
    private readonly FrozenDictionary<string, Command> _commands;

    public CommandTable(CommandServices services)
    {
        _services = services;
        var wire = ProtocolJson.Wire;
        var (options, limits, time) = (services.Options, services.Options.Limits, services.Time);
        var rules = new FieldRules(limits);
        var admission = new Admission(limits);
        Command[] commands =
        [
            // Connection
            Connection(MessageTypes.Hello, wire.Hello, new HelloHandler(options, services.Tokens, services.SignIn, services.Capabilities, services.PendingRequests, time)),
            Connection(MessageTypes.Resume, wire.Resume, new ResumeHandler(services.Reads, services.Writes, time), needsIdentity: true),
            Connection(MessageTypes.Ping, wire.Ping, new PingHandler(time)),

            // Rooms
            Change(MessageTypes.RoomCreate, wire.CreateRoom, c => c.RoomId, new CreateRoomHandler(rules, limits, admission)),
            Change(MessageTypes.RoomUpdateMeta, wire.UpdateRoomMeta, c => c.RoomId, Requires(RoomAction.UpdateMeta), new UpdateRoomMetaHandler(rules)),
            Change(MessageTypes.RoomDelete, wire.DeleteRoom, c => c.RoomId, Requires(RoomAction.Delete), new DeleteRoomHandler()),
            Query(MessageTypes.RoomInfo, wire.GetRoomInfo, c => new(c.RoomId, c.Slug), Requires(RoomAction.See), new GetRoomInfoHandler()),
            Query(MessageTypes.RoomList, wire.ListRooms, new ListRoomsHandler(time)),

            // Members
            Change(MessageTypes.RoomAddMembers, wire.AddRoomMembers, c => c.RoomId, Requires(RoomAction.AddMembers), new AddRoomMembersHandler(rules, admission)),
            Change(MessageTypes.RoomRemoveMember, wire.RemoveRoomMember, c => c.RoomId, Requires(RoomAction.RemoveMember), new RemoveRoomMemberHandler()),
            Change(MessageTypes.RoomSetRole, wire.SetRoomRole, c => c.RoomId, Requires(RoomAction.SetRole), new SetRoomRoleHandler()),
            Change(MessageTypes.RoomJoin, wire.JoinRoom, c => new(c.RoomId, c.Slug), Requires(RoomAction.Join), new JoinRoomHandler(admission), ChangeTraits.MembershipAction),
            Change(MessageTypes.RoomLeave, wire.LeaveRoom, c => c.RoomId, Requires(RoomAction.Leave), new LeaveRoomHandler(options.OwnerLeave), ChangeTraits.MembershipAction | ChangeTraits.Leave),
            Change(MessageTypes.RoomJoinApprove, wire.ApproveJoin, c => c.RoomId, Requires(RoomAction.DecideRequests), new ApproveJoinHandler(admission)),
            Change(MessageTypes.RoomJoinDeny, wire.DenyJoin, c => c.RoomId, Requires(RoomAction.DecideRequests), new DenyJoinHandler()),
            Change(MessageTypes.RoomJoinCancel, wire.CancelJoin, c => c.RoomId, Requires(RoomAction.CancelRequest), new CancelJoinHandler()),
            Query(MessageTypes.RoomJoinRequests, wire.ListJoinRequests, c => c.RoomId, Requires(RoomAction.DecideRequests), new ListJoinRequestsHandler()),
            Query(MessageTypes.RoomMembers, wire.GetRoomMembers, c => new(c.RoomId, c.Slug), Requires(RoomAction.See), new GetRoomMembersHandler(services.Presence)),

            // Audit
            Query(MessageTypes.RoomAuditList, wire.ListAudit, c => c.RoomId, Requires(RoomAction.SeeAudit), new ListAuditHandler()),

            // Invites
            Change(MessageTypes.RoomInviteCreate, wire.CreateInvite, c => c.RoomId, Requires(RoomAction.ManageInvites), new CreateInviteHandler(), ChangeTraits.MembershipAction),
            Change(MessageTypes.RoomInviteAccept, wire.AcceptInvite, _ => default, new AcceptInviteHandler(admission), ChangeTraits.MembershipAction),
            Change(MessageTypes.RoomInviteRevoke, wire.RevokeInvite, c => c.RoomId, Requires(RoomAction.ManageInvites), new RevokeInviteHandler()),
            Query(MessageTypes.RoomInviteList, wire.ListInvites, c => c.RoomId, Requires(RoomAction.ManageInvites), new ListInvitesHandler()),

            // Messages
            Change(MessageTypes.RoomMessage, wire.SendRoomMessage, c => c.RoomId, Requires(RoomAction.Speak), new SendRoomMessageHandler(rules), ChangeTraits.Content),
            Query(MessageTypes.RoomHistory, wire.GetRoomHistory, c => c.RoomId, Requires(RoomAction.See), new GetRoomHistoryHandler()),

            // Live
            Enter(MessageTypes.RoomEnter, wire.EnterRoom, c => c.RoomId, Requires(RoomAction.See), new EnterRoomHandler(services.Entered, services.Presence)),
            Socket(MessageTypes.RoomExit, wire.ExitRoom, c => c.RoomId, new ExitRoomHandler(services.Entered)),
            Socket(MessageTypes.RoomCursor, wire.MoveCursor, c => c.RoomId, new MoveCursorHandler(services.Entered), isFleeting: true, isConflated: true),
            Socket(MessageTypes.RoomTyping, wire.SetTyping, c => c.RoomId, new SetTypingHandler(services.Entered), isFleeting: true),

            // Boards
            Change(MessageTypes.RoomBoardCreate, wire.CreateBoard, c => c.RoomId, Requires(RoomAction.Draw), new CreateBoardHandler(rules, limits)),
            Change(MessageTypes.RoomBoardDelete, wire.DeleteBoard, c => c.RoomId, Requires(RoomAction.ManageBoards), new DeleteBoardHandler()),
            Change(MessageTypes.RoomBoardActivate, wire.ActivateBoard, c => c.RoomId, Requires(RoomAction.ManageBoards), new ActivateBoardHandler()),
            Change(MessageTypes.RoomBoardUpdate, wire.UpdateBoard, c => c.RoomId, Requires(RoomAction.Draw), new UpdateBoardHandler(), ChangeTraits.Content),
            Change(MessageTypes.RoomBoardSnapshot, wire.SnapshotBoard, c => c.RoomId, Requires(RoomAction.Draw), new SnapshotBoardHandler()),
            Query(MessageTypes.RoomBoardList, wire.ListBoards, c => c.RoomId, Requires(RoomAction.See), new ListBoardsHandler()),
            Query(MessageTypes.RoomBoardState, wire.GetBoardState, c => c.RoomId, Requires(RoomAction.See), new GetBoardStateHandler()),
        ];
        _commands = commands.ToFrozenDictionary(command => command.Type, StringComparer.Ordinal);
    }

    /// <summary>All of them, in no order.</summary>
    public IReadOnlyList<Command> All => _commands.Values;

    public Command? Find(string type) => _commands.GetValueOrDefault(type);

    /// <summary>Reads as a sentence in the table: the dispatcher finds the room and checks this before the handler sees the request.</summary>
    private static RoomAction Requires(RoomAction action) => action;

    private static ConnectionCommand<T> Connection<T>(string type, JsonTypeInfo<T> contract, IConnectionHandler<T> handler, bool needsIdentity = false)
        where T : class => new(type, contract, handler, needsIdentity);

    private static SocketCommand<T> Socket<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, ISocketHandler<T> handler, bool isFleeting = false, bool isConflated = false)
        where T : class => new(type, contract, room, handler, isFleeting, isConflated);

    private RoomSocketCommand<T> Enter<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, RoomAction requires, IRoomSocketHandler<T> handler)
        where T : class => new(type, contract, room, requires, handler, _services.Answers);

    private RoomChangeCommand<T> Change<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, RoomAction requires, IRoomChangeHandler<T> handler, ChangeTraits traits = ChangeTraits.None)
        where T : class => new(type, contract, room, requires, handler, traits, _services.Writes);

    private FreeChangeCommand<T> Change<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, IChangeHandler<T> handler, ChangeTraits traits = ChangeTraits.None)
        where T : class => new(type, contract, room, handler, traits, _services.Writes);

    private RoomQueryCommand<T> Query<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, RoomAction requires, IRoomQueryHandler<T> handler)
        where T : class => new(type, contract, room, requires, handler, _services.Answers);

    private QueryCommand<T> Query<T>(string type, JsonTypeInfo<T> contract, IQueryHandler<T> handler)
        where T : class => new(type, contract, handler, _services.Reads);
}
