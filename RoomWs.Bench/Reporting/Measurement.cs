
namespace RoomWs.Bench.Reporting;

/// <summary>The figures of one server in one case of a work, by name, for each round.</summary>
internal sealed record Measurement(string Server, string Case, List<Dictionary<string, double>> Rounds)
{
    /// <summary>Returns the median of the rounds, which one disturbed round does not change much; null if the figure was not measured.</summary>
    public double? Median(string figure)
    {
        var values = Rounds.Where(round => round.ContainsKey(figure)).Select(round => round[figure]).Order().ToList();
        if (values.Count == 0) return null;
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}

/// <summary>The measurements of one run of one work, and its circumstances.</summary>
internal sealed record WorkResult(DateTimeOffset Date, string Machine, string Command, SortedDictionary<string, string> Versions)
{
    public List<Measurement> Measurements { get; init; } = [];

    /// <summary>What was left out, and what else the reader needs to know.</summary>
    public List<string> Notes { get; init; } = [];

    public void Add(string server, string @case, Dictionary<string, double> figures)
    {
        var measurement = Measurements.Find(known => known.Server == server && known.Case == @case);
        if (measurement is null) Measurements.Add(measurement = new Measurement(server, @case, []));
        measurement.Rounds.Add(figures);
    }

    public double? Median(string server, string @case, string figure) =>
        Measurements.Find(known => known.Server == server && known.Case == @case)?.Median(figure);

    /// <summary>Returns the median of a server divided by that of another.</summary>
    public double? Ratio(string server, string other, string @case, string figure) =>
        Median(server, @case, figure) / Median(other, @case, figure);
}
