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
}
