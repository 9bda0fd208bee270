using RoomWs.Bench.Servers;

namespace RoomWs.Bench.Work;

/// <summary>The parameters of one run.</summary>
/// <param name="Peers">The servers to measure besides RoomWs.</param>
/// <param name="Storages">Where RoomWs keeps its rooms.</param>
/// <param name="Time">The duration of each measurement of a rate.</param>
/// <param name="Rounds">The number of rounds of each measurement.</param>
/// <param name="IsLong">Whether to look at the idle connections once more after 60 seconds.</param>
/// <param name="Progress">Called with a line about each step.</param>
internal sealed record LoadPlan(Peers Peers, Storages Storages, TimeSpan Time, int Rounds, bool IsLong, Action<string> Progress)
{
    /// <summary>RoomWs, on each of its storages, and its peers.</summary>
    public IReadOnlyList<string> Servers => [.. Storages.Servers, .. Peers.Present];

    /// <summary>
    /// Time until the code on the path of the load is compiled at its final tier. It is this long because the compiler shares the processors
    /// with the load.
    /// </summary>
    public TimeSpan WarmUp => 3 * Time;

    public ServerUnderTest Start(string name) => Storages.Servers.Contains(name) ? Storages.Start(name) : Peers.Start(name);

    /// <summary>
    /// Measures the contenders one after the other in each round. Each round begins with another one, so that a temporary disturbance of the
    /// machine affects all of them.
    /// </summary>
    public void Interleave<T>(IReadOnlyList<T> contenders, Action<T> measure)
    {
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < contenders.Count; i++) measure(contenders[(round + i) % contenders.Count]);
        }
    }
}
