namespace RoomWs.Protocol;

/// <summary>Every value that the <c>type</c> of a message can have: the one place where wire names are spelled.</summary>
public static class MessageTypes
{
    // Connection
    /// <summary>Client: who I am and what I can do.</summary>
    public const string Hello = "HELLO";
    /// <summary>Server: the identity that was accepted, and the limits.</summary>
    public const string HelloAck = "HELLO_ACK";
    /// <summary>Client: are you there?</summary>
    public const string Ping = "PING";
    /// <summary>Server: yes.</summary>
    public const string Pong = "PONG";
    /// <summary>Server: the one reply to a request that was refused.</summary>
    public const string Error = "ERROR";
    /// <summary>Server: it is going away; come back after the given delay.</summary>
    public const string ServerDraining = "SERVER_DRAINING";

    // Rooms
    /// <summary>Client: make a room.</summary>
    public const string RoomCreate = "ROOM_CREATE";
    /// <summary>Server: a room, whole; the reply to ROOM_CREATE, ROOM_INFO and ROOM_MEMBERS.</summary>
    public const string RoomCreated = "ROOM_CREATED";
    /// <summary>Client: change name, picture, slug or join policy.</summary>
    public const string RoomUpdateMeta = "ROOM_UPDATE_META";
    /// <summary>Server: a room's meta changed.</summary>
    public const string RoomUpdated = "ROOM_UPDATED";
    /// <summary>Client: end a room.</summary>
    public const string RoomDelete = "ROOM_DELETE";
    /// <summary>Server: a room has ended.</summary>
    public const string RoomDeleted = "ROOM_DELETED";
    /// <summary>Client: show me a room.</summary>
    public const string RoomInfo = "ROOM_INFO";
    /// <summary>Client: show me a room with its members' names and pictures.</summary>
    public const string RoomMembers = "ROOM_MEMBERS";
    /// <summary>Client: list my rooms, or all that can be found.</summary>
    public const string RoomList = "ROOM_LIST";
    /// <summary>Server: a page of rooms.</summary>
    public const string RoomListResponse = "ROOM_LIST_RESPONSE";

    // Members
    /// <summary>Client: make users members.</summary>
    public const string RoomAddMembers = "ROOM_ADD_MEMBERS";
    /// <summary>Client: end another user's membership.</summary>
    public const string RoomRemoveMember = "ROOM_REMOVE_MEMBER";
    /// <summary>Client: change a member's role, or hand over the room.</summary>
    public const string RoomSetRole = "ROOM_SET_ROLE";
    /// <summary>Server: who is in the room now, and in which role.</summary>
    public const string RoomMembersUpdated = "ROOM_MEMBERS_UPDATED";
    /// <summary>Server: what has changed about who is in the room, and in which role.</summary>
    public const string RoomMembersChanged = "ROOM_MEMBERS_CHANGED";
    /// <summary>Client: let me in.</summary>
    public const string RoomJoin = "ROOM_JOIN";
    /// <summary>Server: you are in.</summary>
    public const string RoomJoinResponse = "ROOM_JOIN_RESPONSE";
    /// <summary>Client: end my membership.</summary>
    public const string RoomLeave = "ROOM_LEAVE";
    /// <summary>Server: your membership has ended.</summary>
    public const string RoomLeaveResponse = "ROOM_LEAVE_RESPONSE";
    /// <summary>Server: a user came in by its own doing.</summary>
    public const string RoomMemberJoined = "ROOM_MEMBER_JOINED";
    /// <summary>Server: a member left or was removed.</summary>
    public const string RoomMemberLeft = "ROOM_MEMBER_LEFT";
    /// <summary>Server: you asked to be let in; somebody has to decide.</summary>
    public const string RoomJoinPending = "ROOM_JOIN_PENDING";
    /// <summary>Server: a user asks to be let in.</summary>
    public const string RoomJoinRequested = "ROOM_JOIN_REQUESTED";
    /// <summary>Client: who asks to be let in?</summary>
    public const string RoomJoinRequests = "ROOM_JOIN_REQUESTS";
    /// <summary>Server: the users who ask to be let in.</summary>
    public const string RoomJoinRequestsResponse = "ROOM_JOIN_REQUESTS_RESPONSE";
    /// <summary>Client: let that user in.</summary>
    public const string RoomJoinApprove = "ROOM_JOIN_APPROVE";
    /// <summary>Server: you were let in.</summary>
    public const string RoomJoinApproved = "ROOM_JOIN_APPROVED";
    /// <summary>Client: do not let that user in.</summary>
    public const string RoomJoinDeny = "ROOM_JOIN_DENY";
    /// <summary>Server: a user was not let in.</summary>
    public const string RoomJoinDenied = "ROOM_JOIN_DENIED";
    /// <summary>Client: I no longer ask to be let in.</summary>
    public const string RoomJoinCancel = "ROOM_JOIN_CANCEL";
    /// <summary>Server: a user no longer asks to be let in.</summary>
    public const string RoomJoinCancelled = "ROOM_JOIN_CANCELLED";

    // Audit
    /// <summary>Client: who changed what in this room?</summary>
    public const string RoomAuditList = "ROOM_AUDIT_LIST";
    /// <summary>Server: a page of a room's changes.</summary>
    public const string RoomAuditListResponse = "ROOM_AUDIT_LIST_RESPONSE";

    // Invites
    /// <summary>Client: make a code that lets one user in.</summary>
    public const string RoomInviteCreate = "ROOM_INVITE_CREATE";
    /// <summary>Server: the invite, with its code.</summary>
    public const string RoomInviteCreated = "ROOM_INVITE_CREATED";
    /// <summary>Client: let me in with this code.</summary>
    public const string RoomInviteAccept = "ROOM_INVITE_ACCEPT";
    /// <summary>Client: which invites are there?</summary>
    public const string RoomInviteList = "ROOM_INVITE_LIST";
    /// <summary>Server: the invites of a room, without their codes.</summary>
    public const string RoomInviteListResponse = "ROOM_INVITE_LIST_RESPONSE";
    /// <summary>Client: end an invite.</summary>
    public const string RoomInviteRevoke = "ROOM_INVITE_REVOKE";
    /// <summary>Server: an invite has ended.</summary>
    public const string RoomInviteRevoked = "ROOM_INVITE_REVOKED";

    // Messages
    /// <summary>Client: say this. Server: this was said.</summary>
    public const string RoomMessage = "ROOM_MESSAGE";
    /// <summary>Server: what you said is stored.</summary>
    public const string RoomMessageResponse = "ROOM_MESSAGE_RESPONSE";
    /// <summary>Client: what was said?</summary>
    public const string RoomHistory = "ROOM_HISTORY";
    /// <summary>Server: a page of what was said.</summary>
    public const string RoomHistoryResponse = "ROOM_HISTORY_RESPONSE";
    /// <summary>Client: I am back; what did I miss?</summary>
    public const string Resume = "RESUME";
    /// <summary>Server: this is what you missed.</summary>
    public const string ResyncStart = "RESYNC_START";
    /// <summary>Server: that was all you missed.</summary>
    public const string ResyncComplete = "RESYNC_COMPLETE";
    /// <summary>Server: your rooms as they are now.</summary>
    public const string RoomsSnapshot = "ROOMS_SNAPSHOT";

    // Live
    /// <summary>Client: show me the room live.</summary>
    public const string RoomEnter = "ROOM_ENTER";
    /// <summary>Server: the room as it is, live.</summary>
    public const string RoomState = "ROOM_STATE";
    /// <summary>Client: no longer live.</summary>
    public const string RoomExit = "ROOM_EXIT";
    /// <summary>Server: no longer live.</summary>
    public const string RoomExited = "ROOM_EXITED";
    /// <summary>Client: my cursor is here.</summary>
    public const string RoomCursor = "ROOM_CURSOR";
    /// <summary>Server: cursors that moved.</summary>
    public const string RoomCursors = "ROOM_CURSORS";
    /// <summary>Client: I am typing. Server: somebody is.</summary>
    public const string RoomTyping = "ROOM_TYPING";
    /// <summary>Server: a user came online or went offline.</summary>
    public const string RoomPresence = "ROOM_PRESENCE";

    // Boards
    /// <summary>Client: make a board.</summary>
    public const string RoomBoardCreate = "ROOM_BOARD_CREATE";
    /// <summary>Server: a board was made.</summary>
    public const string RoomBoardCreated = "ROOM_BOARD_CREATED";
    /// <summary>Client: which boards are there?</summary>
    public const string RoomBoardList = "ROOM_BOARD_LIST";
    /// <summary>Server: the boards of a room.</summary>
    public const string RoomBoardListResponse = "ROOM_BOARD_LIST_RESPONSE";
    /// <summary>Client: end a board.</summary>
    public const string RoomBoardDelete = "ROOM_BOARD_DELETE";
    /// <summary>Server: a board has ended.</summary>
    public const string RoomBoardDeleted = "ROOM_BOARD_DELETED";
    /// <summary>Client: show this board.</summary>
    public const string RoomBoardActivate = "ROOM_BOARD_ACTIVATE";
    /// <summary>Client: add this to a board.</summary>
    public const string RoomBoardUpdate = "ROOM_BOARD_UPDATE";
    /// <summary>Server: it is added.</summary>
    public const string RoomBoardUpdateResponse = "ROOM_BOARD_UPDATE_RESPONSE";
    /// <summary>Server: somebody added to a board.</summary>
    public const string RoomBoardUpdated = "ROOM_BOARD_UPDATED";
    /// <summary>Client: what is on a board?</summary>
    public const string RoomBoardState = "ROOM_BOARD_STATE";
    /// <summary>Server: what is on a board.</summary>
    public const string RoomBoardStateResponse = "ROOM_BOARD_STATE_RESPONSE";
    /// <summary>Client: this stands for a board up to here.</summary>
    public const string RoomBoardSnapshot = "ROOM_BOARD_SNAPSHOT";
    /// <summary>Server: so it does.</summary>
    public const string RoomBoardSnapshotResponse = "ROOM_BOARD_SNAPSHOT_RESPONSE";
}
