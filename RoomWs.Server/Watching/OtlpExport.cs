using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace RoomWs.Server.Watching;

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

    private readonly MeterProvider _provider = Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(ResourceBuilder.CreateEmpty()
            .AddService(ServiceName, serviceVersion: typeof(OtlpExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion)
            .AddTelemetrySdk()
            // Last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
            .AddEnvironmentVariableDetector())
        .AddMeter(ServerMetrics.MeterName, RuntimeMeter)
        .AddOtlpExporter()
        .Build();

    /// <summary>Sends what was measured last.</summary>
    public void Dispose()
    {
        _provider.Shutdown(LastWordMilliseconds);
        _provider.Dispose();
    }
}
