using System.Globalization;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>
/// Limits how often one user, over all its connections, may join, create invites, use codes, valid or not, and ask about rooms that it is not in. This
/// keeps clients from guessing codes, from searching for hidden rooms, and from flooding rooms with joins. May be used from any thread.
/// </summary>
internal sealed class MembershipRate(LimitOptions limits, TimeProvider time)
{
    private readonly UserBuckets _actions = new(time);

    /// <summary>Takes a token for one action of the user. Returns the refusal if there is none left.</summary>
    public ErrorReply? TryTake(string userId)
    {
        var perMinute = limits.MembershipActionsPerMinute;
        if (perMinute == 0) return null;

        var retryAfter = _actions.Take(userId, perMinute);
        return retryAfter == TimeSpan.Zero ? null : new ErrorReply(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"More than {perMinute} joins, invites and looks at rooms of others a minute (MembershipActionsPerMinute)."),
            RetryAfterMs: (long)Math.Ceiling(retryAfter.TotalMilliseconds));
    }
}
