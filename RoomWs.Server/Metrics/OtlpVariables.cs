using System.Collections;

namespace RoomWs.Server.Metrics;

/// <summary>Tells whether the environment asks for metrics. Separate from <see cref="OtlpExport"/>, so that this does not load the SDK.</summary>
internal static class OtlpVariables
{
    public const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", MetricsEndpoint];

    public static bool AskForMetrics(IDictionary variables)
    {
        if (string.Equals(Value(variables, "OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)) return false;
        return Value(variables, "OTEL_METRICS_EXPORTER") is "" or "otlp" && Endpoints.Any(name => Value(variables, name).Length > 0);
    }

    /// <summary>Returns the value of a variable, without surrounding spaces; empty if it is not set.</summary>
    public static string Value(IDictionary variables, string name) => (variables[name] as string ?? "").Trim();
}
