using System.Globalization;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Metrics;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// Limits how many rooms one user may make, and how many users it may add to rooms, over all its connections: what it does there costs others something.
/// Used in the turn of the change, so that requests of many connections that come at once get exactly what there is. Writer's thread only.
/// </summary>
internal sealed class GrowthRate(LimitOptions limits, IAllowances allowances, ServerMetrics metrics)
{
    /// <summary>Names what <see cref="TryTake"/> looks at.</summary>
    public void Need(string userId, int rooms, int users, Needs needs)
    {
        if (Counts(Creates(userId), rooms)) allowances.Need(Creates(userId), needs);
        if (Counts(Adds(userId), users)) allowances.Need(Adds(userId), needs);
    }

    /// <summary>Takes a change of the user into account: all of it, or nothing. It is given back if the change is undone. Returns the refusal if there is not enough left.</summary>
    /// <param name="userId">Who makes the change.</param>
    /// <param name="rooms">How many rooms it makes.</param>
    /// <param name="users">How many users it adds. As many as a request can name are let through if nothing is used up, and then have to be made up for.</param>
    /// <param name="write">The writer's scope.</param>
    public ErrorReply? TryTake(string userId, int rooms, int users, WriteScope write)
    {
        var (creates, adds) = (Creates(userId), Adds(userId));
        var wait = Counts(creates, rooms) ? allowances.Wait(creates, rooms, write) : TimeSpan.Zero;
        if (wait > TimeSpan.Zero) return Refuse(nameof(LimitOptions.CreatesPerMinute), $"You can make {limits.CreatesPerMinute} rooms a minute", wait);

        wait = Counts(adds, users) ? allowances.Take(adds, users, write) : TimeSpan.Zero;
        if (wait > TimeSpan.Zero) return Refuse(nameof(LimitOptions.AddsPerMinute), $"You can add {limits.AddsPerMinute} users to rooms a minute", wait);

        if (Counts(creates, rooms)) allowances.Take(creates, rooms, write);
        return null;
    }

    /// <summary>Whether there is a limit, and something that counts.</summary>
    private static bool Counts(in Allowance allowance, int count) => allowance.PerMinute > 0 && count > 0;

    private Allowance Creates(string userId) => new(userId, AllowanceKind.Creates, limits.CreatesPerMinute);

    private Allowance Adds(string userId) => new(userId, AllowanceKind.Adds, limits.AddsPerMinute);

    private ErrorReply Refuse(string setting, FormattableString limit, TimeSpan wait)
    {
        metrics.RateLimited(setting);
        return new ErrorReply(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"{limit.ToString(CultureInfo.InvariantCulture)} ({setting})."),
            RetryAfterMs: (long)Math.Ceiling(wait.TotalMilliseconds));
    }
}
