namespace RoomWs.Protocol;

/// <summary>The wire names of all message types. They are spelled out only here. "Client:" and "Server:" tell who sends a message.</summary>
public static class MessageTypes
{
    // Connection
    /// <summary>Client: identifies the client and names its capabilities.</summary>
    public const string Hello = "HELLO";
    /// <summary>Server: the identity that was accepted, and the limits.</summary>
    public const string HelloAck = "HELLO_ACK";
    /// <summary>Client: asks for a sign of life and the server's time.</summary>
    public const string Ping = "PING";
    /// <summary>Server: the reply to PING.</summary>
    public const string Pong = "PONG";
    /// <summary>Server: the only reply to a request that was refused.</summary>
    public const string Error = "ERROR";
    /// <summary>Server: is shutting down; reconnect after the given delay.</summary>
    public const string ServerDraining = "SERVER_DRAINING";

    // Rooms
    /// <summary>Client: create a room.</summary>
    public const string RoomCreate = "ROOM_CREATE";
    /// <summary>Server: a whole room; the reply to ROOM_CREATE, ROOM_INFO and ROOM_MEMBERS.</summary>
    public const string RoomCreated = "ROOM_CREATED";
    /// <summary>Client: change name, picture, slug or join policy.</summary>
    public const string RoomUpdateMeta = "ROOM_UPDATE_META";
    /// <summary>Server: the meta of a room has changed.</summary>
    public const string RoomUpdated = "ROOM_UPDATED";
    /// <summary>Client: delete a room.</summary>
    public const string RoomDelete = "ROOM_DELETE";
    /// <summary>Server: a room was deleted.</summary>
    public const string RoomDeleted = "ROOM_DELETED";
    /// <summary>Client: get a room.</summary>
    public const string RoomInfo = "ROOM_INFO";
    /// <summary>Client: get a room with its members' names, pictures and presence.</summary>
    public const string RoomMembers = "ROOM_MEMBERS";
    /// <summary>Client: list my rooms, or all rooms that I may see.</summary>
    public const string RoomList = "ROOM_LIST";
    /// <summary>Server: a page of rooms.</summary>
    public const string RoomListResponse = "ROOM_LIST_RESPONSE";

    // Members
    /// <summary>Client: add users as members.</summary>
    public const string RoomAddMembers = "ROOM_ADD_MEMBERS";
    /// <summary>Client: end another user's membership.</summary>
    public const string RoomRemoveMember = "ROOM_REMOVE_MEMBER";
    /// <summary>Client: change a member's role, or transfer the room.</summary>
    public const string RoomSetRole = "ROOM_SET_ROLE";
    /// <summary>Server: the list of a room's members and their roles.</summary>
    public const string RoomMembersUpdated = "ROOM_MEMBERS_UPDATED";
    /// <summary>Server: the changes to the members and their roles since a version, for sockets with MEMBER_DELTAS.</summary>
    public const string RoomMembersChanged = "ROOM_MEMBERS_CHANGED";
    /// <summary>Client: join a room, or ask to join it.</summary>
    public const string RoomJoin = "ROOM_JOIN";
    /// <summary>Server: you are a member.</summary>
    public const string RoomJoinResponse = "ROOM_JOIN_RESPONSE";
    /// <summary>Client: end my membership.</summary>
    public const string RoomLeave = "ROOM_LEAVE";
    /// <summary>Server: your membership has ended.</summary>
    public const string RoomLeaveResponse = "ROOM_LEAVE_RESPONSE";
    /// <summary>Server: a user came in by a join, a code or an approved request.</summary>
    public const string RoomMemberJoined = "ROOM_MEMBER_JOINED";
    /// <summary>Server: a member left or was removed.</summary>
    public const string RoomMemberLeft = "ROOM_MEMBER_LEFT";
    /// <summary>Server: your join request waits for a decision.</summary>
    public const string RoomJoinPending = "ROOM_JOIN_PENDING";
    /// <summary>Server: a user has made a join request.</summary>
    public const string RoomJoinRequested = "ROOM_JOIN_REQUESTED";
    /// <summary>Client: list the join requests.</summary>
    public const string RoomJoinRequests = "ROOM_JOIN_REQUESTS";
    /// <summary>Server: the join requests of a room.</summary>
    public const string RoomJoinRequestsResponse = "ROOM_JOIN_REQUESTS_RESPONSE";
    /// <summary>Server: how many join requests are pending, where they are too many to be sent unasked.</summary>
    public const string RoomJoinRequestsPending = "ROOM_JOIN_REQUESTS_PENDING";
    /// <summary>Client: approve a join request.</summary>
    public const string RoomJoinApprove = "ROOM_JOIN_APPROVE";
    /// <summary>Server: your join request was approved.</summary>
    public const string RoomJoinApproved = "ROOM_JOIN_APPROVED";
    /// <summary>Client: deny a join request.</summary>
    public const string RoomJoinDeny = "ROOM_JOIN_DENY";
    /// <summary>Server: a join request was denied.</summary>
    public const string RoomJoinDenied = "ROOM_JOIN_DENIED";
    /// <summary>Client: withdraw my join request.</summary>
    public const string RoomJoinCancel = "ROOM_JOIN_CANCEL";
    /// <summary>Server: a join request was withdrawn.</summary>
    public const string RoomJoinCancelled = "ROOM_JOIN_CANCELLED";

    // Audit
    /// <summary>Client: list who changed what in a room.</summary>
    public const string RoomAuditList = "ROOM_AUDIT_LIST";
    /// <summary>Server: a page of a room's audit trail.</summary>
    public const string RoomAuditListResponse = "ROOM_AUDIT_LIST_RESPONSE";

    // Invites
    /// <summary>Client: create an invite, whose code lets one user in.</summary>
    public const string RoomInviteCreate = "ROOM_INVITE_CREATE";
    /// <summary>Server: the invite, with its code.</summary>
    public const string RoomInviteCreated = "ROOM_INVITE_CREATED";
    /// <summary>Client: join a room by a code.</summary>
    public const string RoomInviteAccept = "ROOM_INVITE_ACCEPT";
    /// <summary>Client: list the invites.</summary>
    public const string RoomInviteList = "ROOM_INVITE_LIST";
    /// <summary>Server: the invites of a room, without their codes.</summary>
    public const string RoomInviteListResponse = "ROOM_INVITE_LIST_RESPONSE";
    /// <summary>Client: revoke an invite.</summary>
    public const string RoomInviteRevoke = "ROOM_INVITE_REVOKE";
    /// <summary>Server: the invite was revoked.</summary>
    public const string RoomInviteRevoked = "ROOM_INVITE_REVOKED";

    // Messages
    /// <summary>Client: send a chat message. Server: a chat message was sent.</summary>
    public const string RoomMessage = "ROOM_MESSAGE";
    /// <summary>Server: your chat message is stored.</summary>
    public const string RoomMessageResponse = "ROOM_MESSAGE_RESPONSE";
    /// <summary>Client: get chat messages.</summary>
    public const string RoomHistory = "ROOM_HISTORY";
    /// <summary>Server: a page of chat messages.</summary>
    public const string RoomHistoryResponse = "ROOM_HISTORY_RESPONSE";
    /// <summary>Client: get the chat messages that I missed.</summary>
    public const string Resume = "RESUME";
    /// <summary>Server: the replay begins.</summary>
    public const string ResyncStart = "RESYNC_START";
    /// <summary>Server: the replay is complete.</summary>
    public const string ResyncComplete = "RESYNC_COMPLETE";
    /// <summary>Server: your rooms as they are now.</summary>
    public const string RoomsSnapshot = "ROOMS_SNAPSHOT";

    // Live
    /// <summary>Client: enter a room with this socket.</summary>
    public const string RoomEnter = "ROOM_ENTER";
    /// <summary>Server: the state of the room that was entered.</summary>
    public const string RoomState = "ROOM_STATE";
    /// <summary>Client: exit a room with this socket.</summary>
    public const string RoomExit = "ROOM_EXIT";
    /// <summary>Server: the socket has exited the room.</summary>
    public const string RoomExited = "ROOM_EXITED";
    /// <summary>Client: my cursor is here.</summary>
    public const string RoomCursor = "ROOM_CURSOR";
    /// <summary>Server: cursors that moved or are gone.</summary>
    public const string RoomCursors = "ROOM_CURSORS";
    /// <summary>Client: I am typing, or no longer. Server: a user is typing, or no longer.</summary>
    public const string RoomTyping = "ROOM_TYPING";
    /// <summary>Server: a user came online or went offline.</summary>
    public const string RoomPresence = "ROOM_PRESENCE";

    // Boards
    /// <summary>Client: create a board.</summary>
    public const string RoomBoardCreate = "ROOM_BOARD_CREATE";
    /// <summary>Server: a board was created.</summary>
    public const string RoomBoardCreated = "ROOM_BOARD_CREATED";
    /// <summary>Client: list the boards.</summary>
    public const string RoomBoardList = "ROOM_BOARD_LIST";
    /// <summary>Server: the boards of a room.</summary>
    public const string RoomBoardListResponse = "ROOM_BOARD_LIST_RESPONSE";
    /// <summary>Client: delete a board.</summary>
    public const string RoomBoardDelete = "ROOM_BOARD_DELETE";
    /// <summary>Server: a board was deleted.</summary>
    public const string RoomBoardDeleted = "ROOM_BOARD_DELETED";
    /// <summary>Client: set or clear the room's active board.</summary>
    public const string RoomBoardActivate = "ROOM_BOARD_ACTIVATE";
    /// <summary>Client: add an update to a board.</summary>
    public const string RoomBoardUpdate = "ROOM_BOARD_UPDATE";
    /// <summary>Server: your update is stored.</summary>
    public const string RoomBoardUpdateResponse = "ROOM_BOARD_UPDATE_RESPONSE";
    /// <summary>Server: a member added an update to a board.</summary>
    public const string RoomBoardUpdated = "ROOM_BOARD_UPDATED";
    /// <summary>Client: get a board's snapshot and updates.</summary>
    public const string RoomBoardState = "ROOM_BOARD_STATE";
    /// <summary>Server: a page of a board's snapshot and updates.</summary>
    public const string RoomBoardStateResponse = "ROOM_BOARD_STATE_RESPONSE";
    /// <summary>Client: replace the updates of a board up to a seq by a board snapshot.</summary>
    public const string RoomBoardSnapshot = "ROOM_BOARD_SNAPSHOT";
    /// <summary>Server: your board snapshot is stored.</summary>
    public const string RoomBoardSnapshotResponse = "ROOM_BOARD_SNAPSHOT_RESPONSE";
}
