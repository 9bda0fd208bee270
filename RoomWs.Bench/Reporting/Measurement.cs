
namespace RoomWs.Bench.Reporting;

/// <summary>What was measured of one server in one case of a work: the figures of each round, by name.</summary>
internal sealed record Measurement(string Server, string Case, List<Dictionary<string, double>> Rounds)
{
    /// <summary>The median of the rounds, which one disturbed round does not move; null where the figure was not taken.</summary>
    public double? Median(string figure)
    {
        var values = Rounds.Where(round => round.ContainsKey(figure)).Select(round => round[figure]).Order().ToList();
        if (values.Count == 0) return null;
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}

/// <summary>What one run of one work measured, and under what circumstances.</summary>
internal sealed record WorkResult(DateTimeOffset Date, string Machine, string Command, SortedDictionary<string, string> Versions)
{
    public List<Measurement> Measurements { get; init; } = [];

    /// <summary>What was left out, or has to be known beside the figures.</summary>
    public List<string> Notes { get; init; } = [];

    public void Add(string server, string @case, Dictionary<string, double> figures)
    {
        var measurement = Measurements.Find(known => known.Server == server && known.Case == @case);
        if (measurement is null) Measurements.Add(measurement = new Measurement(server, @case, []));
        measurement.Rounds.Add(figures);
    }

    public double? Median(string server, string @case, string figure) =>
        Measurements.Find(known => known.Server == server && known.Case == @case)?.Median(figure);

    /// <summary>How many times as much a server does as another does.</summary>
    public double? Ratio(string server, string other, string @case, string figure) =>
        Median(server, @case, figure) / Median(other, @case, figure);
}
