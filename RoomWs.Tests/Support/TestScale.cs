namespace RoomWs.Tests.Support;

/// <summary>How long the tests may take that find more the longer they run: <c>./run.sh test --long</c> gives them larger numbers.</summary>
internal static class TestScale
{
    // Not a ROOMWS_ variable: those are settings, and a server that is started beside the tests refuses one that it does not know.
    private const string Variable = "LONG_TESTS";

    public static bool IsLong { get; } = Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>How many rounds to run.</summary>
    public static int Rounds(int shortRun, int longRun) => IsLong ? longRun : shortRun;

    /// <summary>For how long to run.</summary>
    public static TimeSpan Time(TimeSpan shortRun, TimeSpan longRun) => IsLong ? longRun : shortRun;
}
