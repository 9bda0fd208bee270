using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Members;

/// <summary>The role of a member, which decides what it may do. A room has exactly one OWNER.</summary>
public enum RoomRole
{
    /// <summary>May do everything, including transferring and deleting the room.</summary>
    [JsonStringEnumMemberName("OWNER")] Owner,

    /// <summary>
    /// May also change meta except the join policy, add members, remove MEMBERs, decide join requests, manage invites and boards, and read the
    /// audit trail.
    /// </summary>
    [JsonStringEnumMemberName("ADMIN")] Admin,

    /// <summary>May see the room, chat, create and change boards, and leave.</summary>
    [JsonStringEnumMemberName("MEMBER")] Member,
}
