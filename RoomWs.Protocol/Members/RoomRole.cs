using System.Text.Json.Serialization;

namespace RoomWs.Protocol.Members;

/// <summary>What a member may do. A room has exactly one OWNER.</summary>
public enum RoomRole
{
    /// <summary>Everything, handing the room over and deleting it included.</summary>
    [JsonStringEnumMemberName("OWNER")] Owner,

    /// <summary>Meta, adding members, removing MEMBERs.</summary>
    [JsonStringEnumMemberName("ADMIN")] Admin,

    /// <summary>Being in the room.</summary>
    [JsonStringEnumMemberName("MEMBER")] Member,
}
