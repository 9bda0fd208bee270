using System.Globalization;

namespace RoomWs.Tests.Support;

/// <summary>How long the tests may take that find more the longer they run: <c>./run.sh test --long</c> gives them larger numbers.</summary>
internal static class TestScale
{
    // Not ROOMWS_ variables: those are settings, and a server that is started beside the tests refuses one that it does not know.
    private const string LongVariable = "LONG_TESTS";
    private const string SeedVariable = "TEST_SEED";
    private const string NodesVariable = "TEST_NODES";

    public static bool IsLong { get; } = Environment.GetEnvironmentVariable(LongVariable) == "1";

    /// <summary>What chance starts from, another in each run; a failure names it, and TEST_SEED=N runs with it again.</summary>
    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();

    /// <summary>How many nodes a server has on PostgreSQL.</summary>
    public static int Nodes { get; } = int.TryParse(Environment.GetEnvironmentVariable(NodesVariable), CultureInfo.InvariantCulture, out var nodes) ? nodes : 1;

    /// <summary>How many rounds to run.</summary>
    public static int Rounds(int shortRun, int longRun) => IsLong ? longRun : shortRun;

    /// <summary>For how long to run.</summary>
    public static TimeSpan Time(TimeSpan shortRun, TimeSpan longRun) => IsLong ? longRun : shortRun;
}
