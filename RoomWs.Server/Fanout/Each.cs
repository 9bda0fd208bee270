namespace RoomWs.Server.Fanout;

/// <summary>Work that has to be done for each of several, whatever becomes of the others.</summary>
internal static class Each
{
    /// <summary>Does the work for all of them.</summary>
    /// <exception cref="AggregateException">Thrown at the end, with what went wrong.</exception>
    public static void Do<T>(IEnumerable<T> all, Action<T> work)
    {
        List<Exception>? faults = null;
        foreach (var one in all)
        {
            try
            {
                work(one);
            }
            catch (Exception fault)
            {
                (faults ??= []).Add(fault);
            }
        }

        if (faults is not null) throw new AggregateException(faults);
    }
}
