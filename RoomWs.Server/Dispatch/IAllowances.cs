using System.Runtime.InteropServices;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// Keeps what users have left of what they may do so often in a minute, over all their connections: in memory where this node is the only one, else in the database,
/// so that all nodes together give no more than one would.
/// </summary>
internal interface IAllowances
{
    /// <summary>Whether other nodes take from them, too. Then only the writer can take, in its turn.</summary>
    bool AreShared { get; }

    /// <summary>Takes one at once and returns zero, or returns the time until there is one. Null if it has to be taken in its turn. May be called from any thread.</summary>
    TimeSpan? TakeAtOnce(in Allowance allowance);

    /// <summary>Names what a job of the writer takes from. Writer's thread only.</summary>
    void Need(in Allowance allowance, Needs needs);

    /// <summary>The time until there are so many. Zero if there are. Writer's thread only.</summary>
    TimeSpan Wait(in Allowance allowance, int count, WriteScope write);

    /// <summary>
    /// Takes so many and returns zero. If there are not enough, takes nothing and returns the time until there are. If the running job is undone, they are given
    /// back. Writer's thread only.
    /// </summary>
    TimeSpan Take(in Allowance allowance, int count, WriteScope write);
}

/// <summary>What one user may do so often in a minute.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Kind">What it may do.</param>
/// <param name="PerMinute">How often, at least 1. A whole allowance gives more than that at once, and is in debt then.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Allowance(string UserId, AllowanceKind Kind, int PerMinute);
