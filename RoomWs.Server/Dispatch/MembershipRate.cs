using System.Globalization;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Metrics;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// Limits how often one user, over all its connections, may join, create invites, use codes, valid or not, and ask about rooms that it is not in. This
/// keeps clients from guessing codes, from searching for hidden rooms, and from flooding rooms with joins.
/// </summary>
internal sealed class MembershipRate(LimitOptions limits, IAllowances allowances, ServerMetrics metrics, TimeProvider time)
{
    /// <summary>Whoever asks too often is refused without the writer, where that has to be asked.</summary>
    private readonly KnownWaits _waits = new(time);

    /// <summary>Whether an action is taken in the turn of what it is taken for, and not before.</summary>
    public bool TakesInTurn => limits.MembershipActionsPerMinute > 0 && allowances.AreShared;

    /// <summary>
    /// Takes one action of the user, or none if it has to be taken in its turn. Returns the refusal if it is known that there is none left. May be called from any
    /// thread.
    /// </summary>
    public ErrorReply? TryTakeAtOnce(string userId) => limits.MembershipActionsPerMinute == 0 ? null : Refuse(allowances.TakeAtOnce(Of(userId)) ?? _waits.Of(userId));

    /// <summary>Names what <see cref="TryTake"/> looks at. Writer's thread only.</summary>
    public void Need(string userId, Needs needs)
    {
        if (limits.MembershipActionsPerMinute > 0) allowances.Need(Of(userId), needs);
    }

    /// <summary>Whether an action of the user can be taken in this turn: where that has to be named before, it was. Writer's thread only.</summary>
    public bool IsAtHand(string userId, WriteScope write) => !TakesInTurn || write.Allowances.Knows(userId, AllowanceKind.MembershipActions);

    /// <summary>Takes one action of the user, in its turn. Returns the refusal if there is none left. Writer's thread only.</summary>
    public ErrorReply? TryTake(string userId, WriteScope write)
    {
        if (limits.MembershipActionsPerMinute == 0) return null;

        var wait = allowances.Take(Of(userId), 1, write);
        // Nobody takes or gives anything back until then.
        if (wait > TimeSpan.Zero && TakesInTurn && write.Allowances.IsUntouched(userId, AllowanceKind.MembershipActions)) _waits.Note(userId, wait);
        return Refuse(wait);
    }

    private Allowance Of(string userId) => new(userId, AllowanceKind.MembershipActions, limits.MembershipActionsPerMinute);

    private ErrorReply? Refuse(TimeSpan wait)
    {
        if (wait == TimeSpan.Zero) return null;

        metrics.RateLimited(nameof(LimitOptions.MembershipActionsPerMinute));
        return new ErrorReply(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"More than {limits.MembershipActionsPerMinute} joins, invites and looks at rooms of others a minute (MembershipActionsPerMinute)."),
            RetryAfterMs: (long)Math.Ceiling(wait.TotalMilliseconds));
    }
}
