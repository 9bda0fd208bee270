using System.Globalization;

namespace RoomWs.Bench.Reporting;

/// <summary>What a figure is meant to reach.</summary>
/// <param name="Text">Which figure.</param>
/// <param name="Value">What was measured; null where it was not.</param>
/// <param name="Bound">What it is meant to reach, as text.</param>
/// <param name="IsMet">Whether it does.</param>
/// <param name="Format">How the value is written.</param>
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
