using System.Diagnostics;

namespace RoomWs.Bench.Load;

/// <summary>Collects latencies and computes percentiles.</summary>
internal sealed class Latencies
{
    private readonly List<long> _ticks = new(65_536);

    public int Count => _ticks.Count;

    public void Clear() => _ticks.Clear();

    public void AddSince(long timestamp) => _ticks.Add(Stopwatch.GetTimestamp() - timestamp);

    /// <summary>Returns a percentile by nearest rank, in milliseconds; 0 if there are no latencies.</summary>
    public double Percentile(double share)
    {
        if (_ticks.Count == 0) return 0;
        _ticks.Sort();
        var rank = (int)Math.Ceiling(share * _ticks.Count);
        return Stopwatch.GetElapsedTime(0, _ticks[Math.Clamp(rank, 1, _ticks.Count) - 1]).TotalMilliseconds;
    }

    public void Add(TimeSpan time) => _ticks.Add((long)(time.TotalSeconds * Stopwatch.Frequency));
}
