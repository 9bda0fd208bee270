namespace RoomWs.Server.Storage.Batch;

/// <summary>Where the SQL of the two databases differs in statements that are otherwise the same.</summary>
internal abstract class SqlDialect
{
    /// <summary>Joins the table before it to the one behind it, and reads them in this order where that has to be said.</summary>
    public abstract string JoinInOrder { get; }

    /// <summary>Behind the rooms table: has the index of the shown rooms answer, where that has to be said.</summary>
    public abstract string ByShown { get; }

    /// <summary>Whether pages in which nothing is left are given back to the disk by <see cref="SqlDialect"/>'s user, and not by the database itself.</summary>
    public abstract bool GivesBackPages { get; }

    /// <summary>Whether the database keeps what users have left of what they may do in a minute: for several nodes it does, and one node has it in memory.</summary>
    public abstract bool KeepsAllowances { get; }

    /// <summary>Behind an expression: that it is one of the texts of a parameter, which is a JSON array.</summary>
    public abstract string Among(string parameter);

    /// <summary>The condition of some rows of a table: those that a SELECT of them finds.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">What names a row: a column, or several in brackets. Null where the table has a number for each row that is no column.</param>
    /// <param name="which">What comes behind the table's name in the SELECT: WHERE, ORDER BY, LIMIT.</param>
    public abstract string Some(string table, string? key, string which);
}
