using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Abuse;

/// <summary>What the server had to bear of one user, and what it cost the others.</summary>
/// <param name="Requests">How many requests the abuser sent.</param>
/// <param name="ReadMegabytes">What came back to it on the connections that read.</param>
/// <param name="Waits">Of each quiet change, what went by until its reply.</param>
/// <param name="GrowthMegabytes">By how much the server's memory was larger at its height than before.</param>
/// <param name="All">What the server worked, for the abuser and for the quiet users.</param>
/// <param name="Steady">The same of the second half, where the burst is over if the run is long.</param>
internal sealed record AbuseFigures(long Requests, double ReadMegabytes, IReadOnlyList<WorkSpan> Waits, double GrowthMegabytes, WorkSpan All, WorkSpan Steady)
{
    /// <summary>
    /// The promise is 50 ms. A short run sees one burst, of which a hundredth is a few changes, and where the machine does other things meanwhile it finds what the
    /// server does for the whole burst in them, at half the speed where the machine is slow; what makes the others wait in earnest is longer than that.
    /// </summary>
    private static readonly TimeSpan MostWait = TestScale.Time(shortRun: TimeSpan.FromMilliseconds(500), longRun: TimeSpan.FromMilliseconds(50));

    private const double MostGrowthMegabytes = 300;

    /// <summary>What the rates leave one user in the long run; half of a processor is all of a change's way, 400 times a second.</summary>
    private const double MostShare = 0.5;

    private TimeSpan Median => Waits.Select(wait => wait.OwnMaking).Order().ElementAt(Waits.Count / 2);

    /// <summary>
    /// What one in a hundred waits longer than, of all that are made from one burst to the next. A short run ends when a burst is over, and the others would be
    /// the quickest of all.
    /// </summary>
    private TimeSpan Longest => Waits.Select(wait => wait.OwnMaking).OrderDescending().ElementAt((int)(Waits.Count * Math.Max(1, Abuser.Rest / All.Time) / 100));

    /// <summary>What was more than one user may take.</summary>
    /// <param name="isSteady">Whether it went on so long that the burst is over.</param>
    public IEnumerable<string> Excesses(bool isSteady)
    {
        if (Longest > MostWait) yield return FormattableString.Invariant($"the server made quiet changes wait for {Longest.TotalMilliseconds:0} ms");
        if (GrowthMegabytes > MostGrowthMegabytes) yield return FormattableString.Invariant($"the server grew by {GrowthMegabytes:0} MB");
        if (isSteady && Steady.Share > MostShare) yield return FormattableString.Invariant($"it went on taking {Steady.Share:0.00} of a processor");
    }

    public override string ToString() => FormattableString.Invariant(
        $"{Requests,5} requests, {ReadMegabytes,6:0.0} MB read; {Waits.Count} quiet changes in {All.Time.TotalSeconds:0.0} s waited {Median.TotalMilliseconds,3:0} ms, {Longest.TotalMilliseconds,4:0} at p99 ({Waits.Max(wait => wait.Time).TotalMilliseconds,4:0} by the clock at most); memory +{GrowthMegabytes,4:0} MB; {All.Cpu.TotalSeconds,5:0.00} s of work, {Steady.Share:0.00} of a processor at the end");
}
