using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Configuration;
using RoomWs.Server.Metrics;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// Limits how many rooms a user may ask about without being in them, so that nobody finds hidden rooms by trying ids and slugs. May be used from any thread.
/// </summary>
internal sealed class Strangers(MembershipRate rate, ServerMetrics metrics)
{
    /// <summary>
    /// The refusal as it is sent. A member's stays what it is, and costs nothing. A stranger's costs an action, also where there is no such room; once there are
    /// none left it is RATE_LIMITED for every room alike, which says no more than that the caller is not in it.
    /// </summary>
    /// <param name="refusal">Why the query is refused.</param>
    /// <param name="role">The caller's role in the room. Null if it has none, or there is no room.</param>
    /// <param name="caller">Who asks.</param>
    public ErrorReply Refuse(ErrorReply refusal, RoomRole? role, Caller caller)
    {
        if (role is not null || rate.TryTake(caller.UserId) is not { } tooOften) return refusal;

        metrics.RateLimited(nameof(LimitOptions.MembershipActionsPerMinute));
        return tooOften;
    }
}
