using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace RoomWs.Server.Metrics;

/// <summary>
/// Exports the server's metrics and those of the .NET runtime, as the OTEL_ variables say. Only this type uses the OpenTelemetry SDK, which
/// costs start time and memory: it is loaded with the first instance.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private const string ServiceName = "roomws";
    private const string RuntimeMeter = "System.Runtime";

    /// <summary>Maximum time for the last export: a collector that does not answer must not delay the end of the server for long.</summary>
    private const int ShutdownTimeoutMilliseconds = 2_000;

    private readonly MeterProvider _provider;

    private readonly CollectorWatch _watch;

    public OtlpExport(IDictionary variables, ILogger<OtlpExport> logger)
    {
        // Before the exporter, whose first export may fail.
        _watch = new CollectorWatch(logger);
        _provider = Provider(variables);
    }

    /// <summary>Exports the last measurements.</summary>
    public void Dispose()
    {
        _provider.Shutdown(ShutdownTimeoutMilliseconds);
        _provider.Dispose();
        _watch.Dispose();
    }

    private static MeterProvider Provider(IDictionary variables) => Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(ResourceBuilder.CreateEmpty()
            .AddService(ServiceName, serviceVersion: typeof(OtlpExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion)
            .AddTelemetrySdk()
            // Last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES override the values above.
            .AddEnvironmentVariableDetector())
        .AddMeter(ServerMetrics.MeterName, RuntimeMeter)
        .AddOtlpExporter(options => Configure(options, variables))
        .Build();

    /// <summary>Applies the variables for metrics only, which override the general ones. The SDK itself reads only the general ones.</summary>
    private static void Configure(OtlpExporterOptions options, IDictionary variables)
    {
        if (Uri.TryCreate(OtlpVariables.Value(variables, OtlpVariables.MetricsEndpoint), UriKind.Absolute, out var endpoint)) options.Endpoint = endpoint;
        if (OtlpVariables.Value(variables, OtlpVariables.MetricsHeaders) is { Length: > 0 } headers) options.Headers = headers;
        options.Protocol = OtlpVariables.Value(variables, OtlpVariables.MetricsProtocol) switch
        {
            "grpc" => OtlpExportProtocol.Grpc,
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            _ => options.Protocol,
        };
    }
}
