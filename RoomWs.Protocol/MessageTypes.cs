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
}
