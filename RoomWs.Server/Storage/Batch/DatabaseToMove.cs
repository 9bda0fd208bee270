using System.Data.Common;

namespace RoomWs.Server.Storage.Batch;

/// <summary>What a stopped database holds, for another one that is to hold the same.</summary>
/// <param name="Tables">The tables whose rows are to be moved.</param>
/// <param name="Count">Counts the rows of a table.</param>
/// <param name="Read">Reads some columns of all rows of a table.</param>
/// <param name="Head">What there is one of.</param>
/// <param name="LastAudit">The last number that was given to a row of the audit trail. 0 if there was none.</param>
internal sealed record DatabaseToMove(
    IReadOnlyList<string> Tables,
    Func<string, long> Count,
    Func<string, IReadOnlyList<string>, DbDataReader> Read,
    StoredHead Head,
    long LastAudit);

/// <summary>What was moved.</summary>
/// <param name="Tables">How many tables.</param>
/// <param name="Rows">The rows of all of them.</param>
/// <param name="Nuls">In how many texts U+FFFD stands where U+0000 stood.</param>
internal sealed record MovedRows(int Tables, long Rows, long Nuls);
