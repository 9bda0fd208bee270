using RoomWs.Bench.Reporting;

namespace RoomWs.Bench.Work;

/// <summary>One kind of load: creates and measures it, and says how the results are shown.</summary>
internal abstract class LoadWork
{
    /// <summary>All works, in the order in which they run and are shown.</summary>
    public static IReadOnlyList<LoadWork> All { get; } =
    [
        new ChatWork(), new InfoWork(), new MetaWork(), new IdleWork(), new StormWork(), new BigRoomWork(), new SlowReaderWork(), new CursorWork(), new NodesWork(),
    ];

    /// <summary>The name on the command line.</summary>
    public abstract string Name { get; }

    public abstract string Title { get; }

    /// <summary>What the work does and counts, in Markdown.</summary>
    public abstract string About { get; }

    /// <summary>The columns besides server and case.</summary>
    public abstract IReadOnlyList<Column> Columns { get; }

    /// <summary>The targets for the results; may be empty.</summary>
    public abstract IReadOnlyList<Target> Targets(WorkResult result);

    /// <summary>Why it cannot be measured here; null if it can.</summary>
    public virtual string? Obstacle(LoadPlan plan) => null;

    public abstract void Run(LoadPlan plan, WorkResult result);
}
