using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>Ends one membership of a room that has other members. If there is a new owner, that is part of the same version.</summary>
internal static class Departures
{
    public static RoomSnapshot Remove(string roomId, string userId, string? newOwner, WriteScope write)
    {
        write.Members.Remove(roomId, userId);
        if (newOwner is not null) write.Members.SetRole(roomId, newOwner, RoomRole.Owner);
        var version = write.Rooms.MembersChanged(roomId, -1, write.Now);
        return write.Snapshots.Change(roomId, version, MemberChange.Ended(userId, newOwner), write.Now);
    }
}
