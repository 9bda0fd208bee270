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
/// <param name="Places">Reads at a place in the order of commits.</param>
/// <param name="Rooms">The rooms in memory.</param>
/// <param name="Answers">How requests that look at a room are answered.</param>
/// <param name="MembershipRate">Limits how often users join, invite and use codes.</param>
/// <param name="Strangers">Limits how often users try rooms that they are not in.</param>
/// <param name="Entered">The rooms that sockets have entered.</param>
/// <param name="Presence">Who is online.</param>
/// <param name="MemberLists">The members of rooms with names and presence.</param>
/// <param name="Tokens">What reads tokens.</param>
/// <param name="SignIn">What makes a connection a user's.</param>
/// <param name="Capabilities">What a connection can ask for in HELLO.</param>
/// <param name="Growth">How many rooms a user may make, and users add.</param>
/// <param name="PendingRequests">What is sent of join requests after HELLO_ACK.</param>
internal sealed record CommandServices(
    RoomWsOptions Options,
    TimeProvider Time,
    ReadConnections Reads,
    WriteQueue Writes,
    CommitPlaces Places,
    RoomDirectory Rooms,
    RoomAnswers Answers,
    MembershipRate MembershipRate,
    Strangers Strangers,
    EnteredRooms Entered,
    Presence Presence,
    MemberLists MemberLists,
    TokenReader Tokens,
    SignIn SignIn,
    CapabilityChoice Capabilities,
    GrowthRate Growth,
    PendingRequestNotice PendingRequests);

/// <summary>
/// Every request that there is: its contract, which has its type, the room it names, what it requires there, its handler. A new command is a new
/// line here. The table in protocol.md has the same order.
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
        var admission = new Admission(limits, services.Growth);
        All =
        [
            // Connection
            Connection(wire.Hello, new HelloHandler(options, services.Tokens, services.SignIn, services.Capabilities, services.PendingRequests, time)),
            Connection(wire.Ping, new PingHandler(time)),
            Connection(wire.Resume, new ResumeHandler(services.Reads, services.Places, time), needsIdentity: true),

            // Rooms
            Change(wire.CreateRoom, c => c.RoomId, new CreateRoomHandler(rules, limits, admission, services.Strangers), ChangeTraits.MakesRoom),
            Change(wire.UpdateRoomMeta, c => c.RoomId, Requires(RoomAction.UpdateMeta), new UpdateRoomMetaHandler(rules, services.Strangers)),
            Change(wire.DeleteRoom, c => c.RoomId, Requires(RoomAction.Delete), new DeleteRoomHandler(), ChangeTraits.EndsRoom),
            Query(wire.GetRoomInfo, c => new(c.RoomId, c.Slug), Requires(RoomAction.See), new GetRoomInfoHandler()),
            Query(wire.ListRooms, new ListRoomsHandler(time)),

            // Members
            Change(wire.AddRoomMembers, c => c.RoomId, Requires(RoomAction.AddMembers), new AddRoomMembersHandler(rules, admission), ChangeTraits.ShowsRoom),
            Change(wire.RemoveRoomMember, c => c.RoomId, Requires(RoomAction.RemoveMember), new RemoveRoomMemberHandler(), ChangeTraits.ShowsRoom),
            Change(wire.SetRoomRole, c => c.RoomId, Requires(RoomAction.SetRole), new SetRoomRoleHandler(), ChangeTraits.ShowsRoom),
            Query(wire.GetRoomMembers, c => new(c.RoomId, c.Slug), Requires(RoomAction.See), new GetRoomMembersHandler(services.MemberLists)),
            Change(wire.JoinRoom, c => new(c.RoomId, c.Slug), Requires(RoomAction.Join), new JoinRoomHandler(limits, admission, time), ChangeTraits.MembershipAction | ChangeTraits.ShowsRoom),
            Change(wire.LeaveRoom, c => c.RoomId, Requires(RoomAction.Leave), new LeaveRoomHandler(options.OwnerLeave), ChangeTraits.Leave),
            Query(wire.ListJoinRequests, c => c.RoomId, Requires(RoomAction.DecideRequests), new ListJoinRequestsHandler()),
            Change(wire.ApproveJoin, c => c.RoomId, Requires(RoomAction.DecideRequests), new ApproveJoinHandler(admission), ChangeTraits.ShowsRoom),
            Change(wire.DenyJoin, c => c.RoomId, Requires(RoomAction.DecideRequests), new DenyJoinHandler()),
            Change(wire.CancelJoin, c => c.RoomId, Requires(RoomAction.CancelRequest), new CancelJoinHandler()),

            // Invites
            Change(wire.CreateInvite, c => c.RoomId, Requires(RoomAction.ManageInvites), new CreateInviteHandler(limits), ChangeTraits.MembershipAction),
            Change(wire.AcceptInvite, _ => default, new AcceptInviteHandler(admission), ChangeTraits.MembershipAction | ChangeTraits.ShowsRoom),
            Query(wire.ListInvites, c => c.RoomId, Requires(RoomAction.ManageInvites), new ListInvitesHandler(time)),
            Change(wire.RevokeInvite, c => c.RoomId, Requires(RoomAction.ManageInvites), new RevokeInviteHandler()),

            // Messages
            Change(wire.SendRoomMessage, c => c.RoomId, Requires(RoomAction.Speak), new SendRoomMessageHandler(rules), ChangeTraits.Content),
            Query(wire.GetRoomHistory, c => c.RoomId, Requires(RoomAction.See), new GetRoomHistoryHandler()),

            // Live
            Enter(wire.EnterRoom, c => c.RoomId, Requires(RoomAction.See), new EnterRoomHandler(services.Entered, services.Presence)),
            Socket(wire.ExitRoom, c => c.RoomId, new ExitRoomHandler(services.Entered)),
            Socket(wire.SetTyping, c => c.RoomId, new SetTypingHandler(services.Entered), isFleeting: true),
            Socket(wire.MoveCursor, c => c.RoomId, new MoveCursorHandler(services.Entered), isFleeting: true, isConflated: true),

            // Boards
            Change(wire.CreateBoard, c => c.RoomId, Requires(RoomAction.Draw), new CreateBoardHandler(rules, limits)),
            Query(wire.ListBoards, c => c.RoomId, Requires(RoomAction.See), new ListBoardsHandler()),
            Change(wire.ActivateBoard, c => c.RoomId, Requires(RoomAction.ManageBoards), new ActivateBoardHandler()),
            Change(wire.DeleteBoard, c => c.RoomId, Requires(RoomAction.ManageBoards), new DeleteBoardHandler()),
            Change(wire.UpdateBoard, c => c.RoomId, Requires(RoomAction.Draw), new UpdateBoardHandler(limits), ChangeTraits.Content),
            Query(wire.GetBoardState, c => c.RoomId, Requires(RoomAction.See), new GetBoardStateHandler()),
            Change(wire.SnapshotBoard, c => c.RoomId, Requires(RoomAction.Draw), new SnapshotBoardHandler()),

            // Audit
            Query(wire.ListAudit, c => c.RoomId, Requires(RoomAction.SeeAudit), new ListAuditHandler()),
        ];
        _commands = All.ToFrozenDictionary(command => command.Type, StringComparer.Ordinal);
    }

    /// <summary>All of them, in the order in which they are listed here.</summary>
    public IReadOnlyList<Command> All { get; }

    public Command? Find(string type) => _commands.GetValueOrDefault(type);

    /// <summary>Reads as a sentence in the table: the dispatcher finds the room and checks this before the handler sees the request.</summary>
    private static RoomAction Requires(RoomAction action) => action;

    private static string TypeOf<T>() => RequestAttribute.Of(typeof(T)).Type;

    private static ConnectionCommand<T> Connection<T>(JsonTypeInfo<T> contract, IConnectionHandler<T> handler, bool needsIdentity = false)
        where T : class => new(TypeOf<T>(), contract, handler, needsIdentity);

    private static SocketCommand<T> Socket<T>(JsonTypeInfo<T> contract, Func<T, RoomRef> room, ISocketHandler<T> handler, bool isFleeting = false, bool isConflated = false)
        where T : class => new(TypeOf<T>(), contract, room, handler, isFleeting, isConflated);

    private RoomSocketCommand<T> Enter<T>(JsonTypeInfo<T> contract, Func<T, RoomRef> room, RoomAction requires, IRoomSocketHandler<T> handler)
        where T : class => new(TypeOf<T>(), contract, room, requires, handler, _services.Answers);

    private RoomChangeCommand<T> Change<T>(JsonTypeInfo<T> contract, Func<T, RoomRef> room, RoomAction requires, IRoomChangeHandler<T> handler, ChangeTraits traits = ChangeTraits.None)
        where T : class => new(TypeOf<T>(), contract, room, requires, handler, traits, _services.Writes, _services.Rooms, _services.MembershipRate, _services.Answers, _services.Strangers);

    private FreeChangeCommand<T> Change<T>(JsonTypeInfo<T> contract, Func<T, RoomRef> room, IChangeHandler<T> handler, ChangeTraits traits = ChangeTraits.None)
        where T : class => new(TypeOf<T>(), contract, room, handler, traits, _services.Writes, _services.Rooms, _services.MembershipRate);

    private RoomQueryCommand<T> Query<T>(JsonTypeInfo<T> contract, Func<T, RoomRef> room, RoomAction requires, IRoomQueryHandler<T> handler)
        where T : class => new(TypeOf<T>(), contract, room, requires, handler, _services.Answers);

    private QueryCommand<T> Query<T>(JsonTypeInfo<T> contract, IQueryHandler<T> handler)
        where T : class => new(TypeOf<T>(), contract, handler, _services.Reads);
}
