using System.Globalization;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Metrics;

namespace RoomWs.Server.Sessions;

/// <summary>
/// Limits how many rooms one user may make, and how many users it may add to rooms, over all its connections: what it does there costs others something.
/// Used in the turn of the change, so that requests of many connections that come at once get exactly what there is. May be used from any thread.
/// </summary>
internal sealed class GrowthRate(LimitOptions limits, ServerMetrics metrics, TimeProvider time)
{
    private readonly UserBuckets _rooms = new(time);
    private readonly UserBuckets _users = new(time);

    /// <summary>Takes a change of the user into account: all of it, or nothing. Returns the refusal if there is not enough left.</summary>
    /// <param name="userId">Who makes the change.</param>
    /// <param name="rooms">How many rooms it makes.</param>
    /// <param name="users">How many users it adds. As many as a request can name are let through if nothing is used up, and then have to be made up for.</param>
    public ErrorReply? TryTake(string userId, int rooms, int users)
    {
        var wait = Take(_rooms, userId, limits.CreatesPerMinute, rooms);
        if (wait > TimeSpan.Zero) return Refuse(nameof(LimitOptions.CreatesPerMinute), $"You can make {limits.CreatesPerMinute} rooms a minute", wait);

        wait = Take(_users, userId, limits.AddsPerMinute, users);
        if (wait == TimeSpan.Zero) return null;

        GiveBack(userId, rooms, users: 0);
        return Refuse(nameof(LimitOptions.AddsPerMinute), $"You can add {limits.AddsPerMinute} users to rooms a minute", wait);
    }

    /// <summary>Puts back what was taken for a change that did not happen.</summary>
    public void GiveBack(string userId, int rooms, int users)
    {
        if (limits.CreatesPerMinute > 0 && rooms > 0) _rooms.GiveBack(userId, limits.CreatesPerMinute, rooms);
        if (limits.AddsPerMinute > 0 && users > 0) _users.GiveBack(userId, limits.AddsPerMinute, users);
    }

    private static TimeSpan Take(UserBuckets buckets, string userId, int perMinute, int count) =>
        perMinute == 0 || count == 0 ? TimeSpan.Zero : buckets.Take(userId, perMinute, count);

    private ErrorReply Refuse(string setting, FormattableString limit, TimeSpan wait)
    {
        metrics.RateLimited(setting);
        return new ErrorReply(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"{limit.ToString(CultureInfo.InvariantCulture)} ({setting})."),
            RetryAfterMs: (long)Math.Ceiling(wait.TotalMilliseconds));
    }
}
