using System.Collections;

namespace RoomWs.Server.Watching;

/// <summary>Whether the environment asks for metrics to be sent. Apart from <see cref="OtlpExport"/>, so that asking loads nothing of the SDK.</summary>
internal static class OtlpVariables
{
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    public static bool AskForMetrics(IDictionary variables)
    {
        if (string.Equals(Value("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)) return false;
        return Value("OTEL_METRICS_EXPORTER") is "" or "otlp" && Endpoints.Any(name => Value(name).Length > 0);

        string Value(string name) => (variables[name] as string ?? "").Trim();
    }
}
