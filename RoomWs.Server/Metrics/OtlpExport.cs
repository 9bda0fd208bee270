using System.Collections;
using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace RoomWs.Server.Metrics;

/// <summary>
/// Sends the server's metrics, and those of its runtime, as the OTEL_ variables say. The only place that knows the OpenTelemetry SDK, which costs
/// start time and memory: it is loaded with the first instance.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private const string ServiceName = "roomws";
    private const string RuntimeMeter = "System.Runtime";

    /// <summary>A collector that does not answer must not hold up the end of the server for long.</summary>
    private const int LastWordMilliseconds = 2_000;

    private readonly MeterProvider _provider;

    public OtlpExport(IDictionary variables) => _provider = Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(ResourceBuilder.CreateEmpty()
            .AddService(ServiceName, serviceVersion: typeof(OtlpExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion)
            .AddTelemetrySdk()
            // Last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
            .AddEnvironmentVariableDetector())
        .AddMeter(ServerMetrics.MeterName, RuntimeMeter)
        .AddOtlpExporter(options => Configure(options, variables))
        .Build();

    /// <summary>Sends what was measured last.</summary>
    public void Dispose()
    {
        _provider.Shutdown(LastWordMilliseconds);
        _provider.Dispose();
    }

    /// <summary>What holds for metrics alone, and wins over what holds for all: the SDK reads only the latter by itself.</summary>
    private static void Configure(OtlpExporterOptions options, IDictionary variables)
    {
        if (Uri.TryCreate(OtlpVariables.Value(variables, OtlpVariables.MetricsEndpoint), UriKind.Absolute, out var endpoint)) options.Endpoint = endpoint;
        if (OtlpVariables.Value(variables, "OTEL_EXPORTER_OTLP_METRICS_HEADERS") is { Length: > 0 } headers) options.Headers = headers;
        options.Protocol = OtlpVariables.Value(variables, "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL") switch
        {
            "grpc" => OtlpExportProtocol.Grpc,
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            _ => options.Protocol,
        };
    }
}
