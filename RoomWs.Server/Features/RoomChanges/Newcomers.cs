using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>Makes users who are not in a room its MEMBERs, in one version.</summary>
internal static class Newcomers
{
    public static RoomSnapshot Add(string roomId, IReadOnlyList<string> userIds, WriteScope write)
    {
        var now = write.Now;
        Member[] members = [.. userIds.Select(userId => new Member(userId, RoomRole.Member, now))];
        foreach (var member in members)
        {
            write.Members.Add(roomId, member);
            // Whoever is in does not ask to be let in any more, whichever way it came.
            write.JoinRequests.End(roomId, member.UserId);
        }

        var version = write.Rooms.MembersChanged(roomId, members.Length, now);
        return write.Snapshots.Change(roomId, version, MemberChange.Joined(members), now);
    }
}
