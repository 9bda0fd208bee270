using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace RoomWs.Server.Metrics;

/// <summary>
/// Logs when the collector begins to fail and when it works again, each once. The exporter tells of its failures only as events of the
/// runtime, which nobody would see. Its events come on its own thread.
/// </summary>
internal sealed partial class CollectorWatch(ILogger logger) : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private const int MaxReasonLength = 300;

    // By name: the levels that the exporter gives them differ between gRPC and HTTP.
    private static readonly string[] Failures =
        ["FailedToReachCollector", "ExportMethodException", "ExportFailure", "HttpRequestFailed", "TransientHttpError", "GrpcStatusWarning"];

    private bool _isFailing;

    // The base class calls this while it is constructed, so it must not use what this class holds.
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter) EnableEvents(eventSource, EventLevel.Verbose);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name != Exporter) return;
        if (eventData.EventName == "ExportSuccess")
        {
            if (_isFailing) LogRecovered();
            _isFailing = false;
        }
        else if (!_isFailing && Failures.Contains(eventData.EventName))
        {
            _isFailing = true;
            LogFailing(ReasonOf(eventData));
        }
    }

    /// <summary>The event in one line: its arguments may be exceptions with their stacks.</summary>
    private static string ReasonOf(EventWrittenEventArgs happened)
    {
        var arguments = (happened.Payload ?? []).Select(argument => (object?)Convert.ToString(argument, CultureInfo.InvariantCulture)?.Split('\n')[0].TrimEnd()).ToArray();
        var reason = string.Format(CultureInfo.InvariantCulture, happened.Message ?? happened.EventName ?? "", arguments).ReplaceLineEndings(" ");
        return reason.Length > MaxReasonLength ? reason[..MaxReasonLength] : reason;
    }

    [LoggerMessage(8001, LogLevel.Warning, "Metrics do not reach the collector, and are lost until they do: {Reason}")]
    private partial void LogFailing(string reason);

    [LoggerMessage(8002, LogLevel.Information, "Metrics reach the collector again")]
    private partial void LogRecovered();
}
