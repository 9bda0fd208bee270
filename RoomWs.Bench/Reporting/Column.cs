using System.Globalization;

namespace RoomWs.Bench.Reporting;

/// <summary>A column of a work's table.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Figure">The figure that it shows the median of.</param>
/// <param name="Format">How that is written.</param>
/// <param name="Reference">The server that is compared with the one of the row, in place of the figure itself.</param>
internal sealed record Column(string Title, string Figure, string Format, string? Reference = null)
{
    public string Write(WorkResult result, Measurement row)
    {
        var value = Reference is null ? row.Median(Figure) : result.Ratio(Reference, row.Server, row.Case, Figure);
        return value?.ToString(Format, CultureInfo.InvariantCulture) ?? "-";
    }
}
