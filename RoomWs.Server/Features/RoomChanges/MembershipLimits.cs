using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.RoomChanges;

/// <summary>How many members a room, and how many rooms a user may have: asked by everything that makes a membership.</summary>
internal static class MembershipLimits
{
    public static ErrorReply? RefuseJoin(RoomAccess room, IReadOnlyCollection<string> newcomers, LimitOptions limits, WriteScope write)
    {
        if (limits.MembersPerRoom > 0 && room.MemberCount + newcomers.Count > limits.MembersPerRoom)
        {
            return RoomErrors.RoomFull(ErrorCode.JoinFailed, limits.MembersPerRoom);
        }

        return RefuseRooms(ErrorCode.JoinFailed, newcomers, limits, write);
    }

    public static ErrorReply? RefuseRooms(ErrorCode code, IEnumerable<string> newcomers, LimitOptions limits, WriteScope write)
    {
        if (limits.RoomsPerUser == 0) return null;
        foreach (var userId in newcomers)
        {
            if (write.Members.RoomsOf(userId, limits.RoomsPerUser) >= limits.RoomsPerUser)
            {
                return RoomErrors.TooManyRooms(code, userId, limits.RoomsPerUser);
            }
        }

        return null;
    }
}
