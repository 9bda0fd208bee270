namespace RoomWs.Protocol.Connection;

/// <summary>What a client can take beyond the base protocol, as HELLO and HELLO_ACK name it in <c>capabilities</c>.</summary>
public static class Capability
{
    /// <summary>Changes of members come as ROOM_MEMBERS_CHANGED, which holds what changed, instead of ROOM_MEMBERS_UPDATED, which holds all.</summary>
    public const string MemberDeltas = "MEMBER_DELTAS";
}
