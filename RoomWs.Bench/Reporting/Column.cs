using System.Globalization;

namespace RoomWs.Bench.Reporting;

/// <summary>A column of a work's table. It shows the median of a figure, or its ratio to that of another server.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Figure">The name of the figure.</param>
/// <param name="Format">The number format.</param>
/// <param name="Reference">If set, the column shows this server's median divided by that of the row's server.</param>
internal sealed record Column(string Title, string Figure, string Format, string? Reference = null)
{
    public string Write(WorkResult result, Measurement row)
    {
        var value = Reference is null ? row.Median(Figure) : result.Ratio(Reference, row.Server, row.Case, Figure);
        return value?.ToString(Format, CultureInfo.InvariantCulture) ?? "-";
    }
}
