using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// Limits how many rooms a user may ask about without being in them, so that nobody finds hidden rooms by trying ids and slugs. The refusal of a member stays what
/// it is, and costs nothing. A stranger's costs an action, also where there is no such room; once there are none left it is RATE_LIMITED for every room alike, which
/// says no more than that the caller is not in it.
/// </summary>
internal sealed class Strangers(MembershipRate rate, LocalMembers members, WriteQueue writes)
{
    /// <summary>
    /// Names what <see cref="Refuse"/> looks at, for a request about a room. Not where the caller is known to be in it: nearly all requests come from members, and
    /// none of these would wait for another for nothing. Writer's thread only.
    /// </summary>
    public void Need(RoomRef room, string userId, Needs needs)
    {
        if (rate.TakesInTurn && (room.Id is not { } id || !members.Has(id, userId))) rate.Need(userId, needs);
    }

    /// <summary>The same for a request that may find out about any room. Writer's thread only.</summary>
    public void Need(string userId, Needs needs) => rate.Need(userId, needs);

    /// <summary>The refusal of a request in its turn, as it is sent. Writer's thread only.</summary>
    /// <param name="refusal">Why the request is refused.</param>
    /// <param name="role">The caller's role in the room. Null if it has none, or there is no room.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="write">The writer's scope.</param>
    public ErrorReply Refuse(ErrorReply refusal, RoomRole? role, Caller caller, WriteScope write)
    {
        // One for whom nothing was named was in the room until a moment ago, and has found out nothing.
        var isCounted = role is null && rate.IsAtHand(caller.UserId, write);
        return isCounted ? rate.TryTake(caller.UserId, write) ?? refusal : refusal;
    }

    /// <summary>The refusal of a query that has no turn among the changes. Null if it cannot be counted, because nothing can be stored. May be called from any thread.</summary>
    /// <param name="refusal">Why the query is refused.</param>
    /// <param name="role">As in <see cref="Refuse"/>.</param>
    /// <param name="caller">Who asks.</param>
    public ValueTask<ErrorReply?> RefuseAsync(ErrorReply refusal, RoomRole? role, Caller caller)
    {
        if (role is not null) return new(refusal);
        if (rate.TryTakeAtOnce(caller.UserId) is { } tooOften) return new(tooOften);
        return rate.TakesInTurn ? CountAsync(refusal, caller.UserId) : new(refusal);
    }

    private async ValueTask<ErrorReply?> CountAsync(ErrorReply refusal, string userId)
    {
        ErrorReply? tooOften = null;
        var isCounted = await writes.RunAsync(write => tooOften = rate.TryTake(userId, write), committed: null, userId, needs => rate.Need(userId, needs));
        return isCounted ? tooOften ?? refusal : null;
    }
}
