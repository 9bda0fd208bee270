using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary>What one run is asked to do.</summary>
/// <param name="Peers">Whom RoomWs is measured beside.</param>
/// <param name="Time">How long each measurement of a rate lasts.</param>
/// <param name="Rounds">How often it is made.</param>
/// <param name="IsLong">Whether to take what takes minutes.</param>
/// <param name="Progress">Told what is going on.</param>
internal sealed record LoadPlan(Peers Peers, TimeSpan Time, int Rounds, bool IsLong, Action<string> Progress)
{
    /// <summary>RoomWs and its peers.</summary>
    public IReadOnlyList<string> Servers => [Peers.RoomWs, .. Peers.Present];

    /// <summary>
    /// Until the code that the load runs through is compiled for good. That takes this long because the compiler has to share the
    /// processors with the load.
    /// </summary>
    public TimeSpan WarmUp => 3 * Time;

    /// <summary>
    /// Measures one after the other, as often as there are rounds, each round beginning with another: what disturbs the machine for a
    /// while disturbs all of them.
    /// </summary>
    public void Interleave<T>(IReadOnlyList<T> contenders, Action<T> measure)
    {
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < contenders.Count; i++) measure(contenders[(round + i) % contenders.Count]);
        }
    }
}
