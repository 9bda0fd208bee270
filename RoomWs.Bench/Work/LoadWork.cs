using RoomWs.Bench.Reporting;

namespace RoomWs.Bench.Work;

/// <summary>One kind of load: how it is made, and how its results are shown.</summary>
internal abstract class LoadWork
{
    /// <summary>All of them, in the order in which they run and are shown.</summary>
    public static IReadOnlyList<LoadWork> All { get; } =
    [
        new ChatWork(), new InfoWork(), new MetaWork(), new IdleWork(), new StormWork(), new BigRoomWork(), new SlowReaderWork(), new CursorWork(),
    ];

    /// <summary>What it is called on the command line.</summary>
    public abstract string Name { get; }

    public abstract string Title { get; }

    /// <summary>What is done and what is counted, in Markdown.</summary>
    public abstract string About { get; }

    /// <summary>The columns beside server and case.</summary>
    public abstract IReadOnlyList<Column> Columns { get; }

    /// <summary>What the results are meant to be.</summary>
    public abstract IReadOnlyList<Target> Targets(WorkResult result);

    public abstract void Run(LoadPlan plan, WorkResult result);
}
