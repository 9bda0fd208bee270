using System.Globalization;

namespace RoomWs.Bench.Reporting;

/// <summary>A bound that a figure should meet.</summary>
/// <param name="Text">The description of the figure.</param>
/// <param name="Value">The measured value; null if it was not measured.</param>
/// <param name="Bound">The bound, as text.</param>
/// <param name="IsMet">Whether the value meets the bound.</param>
/// <param name="Format">The number format of the value.</param>
internal sealed record Target(string Text, double? Value, string Bound, bool IsMet, string Format)
{
    public static Target AtLeast(string text, double? value, double bound, string format) =>
        new(text, value, "≥ " + bound.ToString(format, CultureInfo.InvariantCulture), value >= bound, format);

    public static Target AtMost(string text, double? value, double bound, string format) =>
        new(text, value, "≤ " + bound.ToString(format, CultureInfo.InvariantCulture), value <= bound, format);

    public static Target Below(string text, double? value, double bound, string format) =>
        new(text, value, "< " + bound.ToString(format, CultureInfo.InvariantCulture), value < bound, format);

    public string Measured => Value?.ToString(Format, CultureInfo.InvariantCulture) ?? "not measured";

    public string Verdict => Value is null ? "-" : IsMet ? "yes" : "no";
}
