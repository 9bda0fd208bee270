using System.Collections;
using System.Globalization;

namespace RoomWs.Server.Metrics;

/// <summary>
/// Tells whether the environment asks for metrics, and what is wrong with how it does. Separate from <see cref="OtlpExport"/>, so that this does
/// not load the SDK, which says nothing of a value that it cannot use and takes another.
/// </summary>
internal static class OtlpVariables
{
    public const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    public const string MetricsProtocol = "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL";
    public const string MetricsHeaders = "OTEL_EXPORTER_OTLP_METRICS_HEADERS";

    private const string Exporter = "OTEL_METRICS_EXPORTER";

    private static readonly string[] Endpoints = [MetricsEndpoint, "OTEL_EXPORTER_OTLP_ENDPOINT"];
    private static readonly string[] Protocols = [MetricsProtocol, "OTEL_EXPORTER_OTLP_PROTOCOL"];
    private static readonly string[] Headers = [MetricsHeaders, "OTEL_EXPORTER_OTLP_HEADERS"];
    private static readonly string[] Numbers = ["OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];

    public static bool AskForMetrics(IDictionary variables) =>
        IsOn(variables) && Value(variables, Exporter) is "" or "otlp" && Endpoints.Any(name => Value(variables, name).Length > 0);

    /// <summary>Everything with which metrics could not be sent as the environment asks; empty if they can, or if none are asked for.</summary>
    public static IReadOnlyList<string> Problems(IDictionary variables)
    {
        if (!IsOn(variables) || Endpoints.All(name => Value(variables, name).Length == 0)) return [];
        return Value(variables, Exporter) switch
        {
            "" or "otlp" => [.. Endpoint(variables), .. Protocol(variables), .. HeaderList(variables), .. Numbers.SelectMany(name => Number(variables, name))],
            "none" => [],
            var other => [$"{Exporter} is \"{other}\"; it must be otlp, or none to send no metrics"],
        };
    }

    /// <summary>Returns the value of a variable, without surrounding spaces; empty if it is not set.</summary>
    public static string Value(IDictionary variables, string name) => (variables[name] as string ?? "").Trim();

    private static bool IsOn(IDictionary variables) => !string.Equals(Value(variables, "OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Endpoint(IDictionary variables)
    {
        var (name, value) = InUse(variables, Endpoints);
        // localhost:4317 is read as a URL, too, whose scheme is localhost.
        if (Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0) yield break;
        yield return $"{name} is \"{value}\"; it must be a URL that begins with http:// or https://, such as http://127.0.0.1:4317";
    }

    private static IEnumerable<string> Protocol(IDictionary variables)
    {
        var (name, value) = InUse(variables, Protocols);
        if (value is not ("" or "grpc" or "http/protobuf")) yield return $"{name} is \"{value}\"; it must be grpc or http/protobuf";
    }

    // Without the value, which is usually a key.
    private static IEnumerable<string> HeaderList(IDictionary variables)
    {
        var (name, value) = InUse(variables, Headers);
        if (value.Split(',', StringSplitOptions.RemoveEmptyEntries).Any(header => header.IndexOf('=', StringComparison.Ordinal) < 1))
            yield return $"{name} is not usable; it must be name=value, with commas between several";
    }

    private static IEnumerable<string> Number(IDictionary variables, string name)
    {
        var value = Value(variables, name);
        if (value.Length > 0 && !(int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
            yield return $"{name} is \"{value}\"; it must be a whole number of milliseconds, of at least 1 and at most 2,147,483,647";
    }

    /// <summary>The first of the variables that is set: the one for metrics alone comes before the general one.</summary>
    private static (string Name, string Value) InUse(IDictionary variables, string[] names)
    {
        var name = Array.Find(names, one => Value(variables, one).Length > 0) ?? names[^1];
        return (name, Value(variables, name));
    }
}
