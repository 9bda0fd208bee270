using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RoomWs.Protocol;

namespace RoomWs.Server.Metrics;

/// <summary>Gauges that are computed only when a listener reads them. They are called on its thread.</summary>
/// <param name="Connections">Number of open connections.</param>
/// <param name="OutboxBytes">Bytes that wait to be sent, over all connections.</param>
/// <param name="Rooms">Number of rooms in use.</param>
/// <param name="RoomMembers">Number of members of the rooms in use; a user counts once for each room.</param>
/// <param name="OnlineUsers">Number of users who are shown as online, on whichever node they are.</param>
internal sealed record ServerGauges(Func<int> Connections, Func<long> OutboxBytes, Func<int> Rooms, Func<long> RoomMembers, Func<int> OnlineUsers);

/// <summary>
/// The server's measurements, published as the meter RoomWs. Without a listener a measurement costs only the check of a flag: no clock is
/// read and no tag is created. A listener that throws is logged, and keeps nobody from what is measured. May be used from any thread.
/// </summary>
internal sealed partial class ServerMetrics : IDisposable
{
    public const string MeterName = "RoomWs";

    /// <summary>Replaces all unknown types: clients can invent any number of them, and each would be a time series of its own.</summary>
    public const string UnknownType = "UNKNOWN";

    private const string TypeTag = "roomws.request.type";
    private const string Ok = "ok";

    /// <summary>From the time of a query to more than a client waits.</summary>
    private static readonly InstrumentAdvice<double> Durations = new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };

    private static readonly InstrumentAdvice<int> BatchSizes = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] };

    private static readonly string[] Errors = [.. Enum.GetValues<ErrorCode>().Select(code => JsonNamingPolicy.SnakeCaseUpper.ConvertName(code.ToString()))];

    private readonly TimeProvider _time;
    private readonly ILogger<ServerMetrics> _logger;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _requestDuration;
    private readonly Counter<long> _rateLimitRefusals;
    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<int> _commitChanges;
    private readonly Counter<long> _prefetchMisses;
    private readonly Counter<long> _closes;
    private readonly Counter<long> _handshakeRefusals;
    private int _hasFailed;

    public ServerMetrics(ServerGauges gauges, TimeProvider time, ILogger<ServerMetrics> logger)
    {
        (_time, _logger) = (time, logger);
        Meter = new Meter(MeterName, typeof(ServerMetrics).Assembly.GetName().Version?.ToString(3));
        _requests = Meter.CreateCounter<long>("roomws.requests", "{request}", "Requests that were answered, by type and outcome.");
        _requestDuration = Meter.CreateHistogram("roomws.request.duration", "s", "From reading a request to queueing its reply.", tags: null, Durations);
        _rateLimitRefusals = Meter.CreateCounter<long>("roomws.rate_limit.refusals", "{request}", "Requests over a rate limit.");
        _commitDuration = Meter.CreateHistogram("roomws.commit.duration", "s", "The COMMIT of a batch of changes, its fsync included.", tags: null, Durations);
        _commitChanges = Meter.CreateHistogram("roomws.commit.changes", "{change}", "Changes that were committed together.", tags: null, BatchSizes);
        _prefetchMisses = Meter.CreateCounter<long>("roomws.storage.prefetch_misses", "{read}", "Reads in the middle of a batch of changes, of what no change had named before.");
        _closes = Meter.CreateCounter<long>("roomws.closes", "{connection}", "Connections that ended, by close code.");
        _handshakeRefusals = Meter.CreateCounter<long>("roomws.handshake.refusals", "{handshake}", "Upgrades that were refused, by HTTP status.");

        Meter.CreateObservableUpDownCounter("roomws.connections", gauges.Connections, "{connection}", "Open connections.");
        Meter.CreateObservableUpDownCounter("roomws.outbox.size", gauges.OutboxBytes, "By", "What waits to be sent, over all connections.");
        Meter.CreateObservableUpDownCounter("roomws.rooms", gauges.Rooms, "{room}", "Rooms in use.");
        Meter.CreateObservableUpDownCounter("roomws.room.members", gauges.RoomMembers, "{member}", "Members of the rooms in use.");
        Meter.CreateObservableUpDownCounter("roomws.users.online", gauges.OnlineUsers, "{user}", "Users who are shown as online, over all nodes.");
    }

    public Meter Meter { get; }

    /// <summary>Publishes how this node follows the others.</summary>
    /// <param name="position">Up to where it has told the batches of all nodes.</param>
    /// <param name="lag">How many it knows of and has not told.</param>
    /// <param name="queueUsage">How full the queue of notifications is.</param>
    public void WatchFeed(Func<long> position, Func<long> lag, Func<double> queueUsage)
    {
        Meter.CreateObservableGauge("roomws.feed.position", position, "{batch}", "Up to where the batches of all nodes are told here.");
        Meter.CreateObservableGauge("roomws.feed.lag", lag, "{batch}", "Batches of other nodes that are known of and not told here.");
        Meter.CreateObservableGauge("roomws.feed.queue_usage", queueUsage, "1", "How full PostgreSQL's queue of notifications is, 0 to 1.");
    }

    /// <summary>Returns the timestamp of a request's start, or null if durations are not measured.</summary>
    public long? RequestStarts() => _requestDuration.Enabled ? _time.GetTimestamp() : null;

    /// <summary>Counts a request. Call it when the reply is queued, or when a request without a reply is done.</summary>
    /// <param name="request">The request.</param>
    /// <param name="error">The code of its refusal; null if it was not refused.</param>
    public void RequestEnds(RequestMeasurement request, ErrorCode? error)
    {
        try
        {
            if (_requests.Enabled)
            {
                _requests.Add(1, new(TypeTag, request.Type), new("roomws.request.outcome", error is { } code ? Errors[(int)code] : Ok));
            }

            if (request.StartedAt is { } startedAt) _requestDuration.Record(SecondsSince(startedAt), new KeyValuePair<string, object?>(TypeTag, request.Type));
        }
        catch (Exception cause)
        {
            NoteFault(cause);
        }
    }

    /// <summary>Counts a request that is over a rate limit.</summary>
    /// <param name="limit">The name of the setting with the limit.</param>
    public void RateLimited(string limit) => Count(_rateLimitRefusals, new KeyValuePair<string, object?>("roomws.limit", limit));

    /// <summary>Counts a read in the middle of a batch.</summary>
    public void PrefetchMissed()
    {
        if (_prefetchMisses.Enabled) Count(_prefetchMisses);
    }

    /// <summary>Returns the timestamp of a commit's start, or null if durations are not measured.</summary>
    public long? CommitStarts() => _commitDuration.Enabled ? _time.GetTimestamp() : null;

    public void CommitEnds(int changes, long? startedAt)
    {
        try
        {
            _commitChanges.Record(changes);
            if (startedAt is { } started) _commitDuration.Record(SecondsSince(started));
        }
        catch (Exception cause)
        {
            NoteFault(cause);
        }
    }

    /// <summary>Counts a connection that has ended.</summary>
    /// <param name="code">The close code.</param>
    /// <param name="by">Who ended it: server, client or nobody.</param>
    public void Closed(int code, string by)
    {
        if (!_closes.Enabled) return;
        // A client may close with any of thousands of codes. Those that neither RFC 6455 nor this protocol defines share one tag.
        var shown = code is >= 1000 and <= 1015 || Enum.IsDefined((CloseCode)code) ? code.ToString(CultureInfo.InvariantCulture) : "other";
        Count(_closes, new("roomws.close.code", shown), new("roomws.close.by", by));
    }

    /// <summary>Counts an upgrade that was refused.</summary>
    /// <param name="status">The HTTP status of the refusal.</param>
    public void HandshakeRefused(int status) => Count(_handshakeRefusals, new KeyValuePair<string, object?>("roomws.handshake.status", status));

    public void Dispose() => Meter.Dispose();

    private void Count(Counter<long> counter, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            if (counter.Enabled) counter.Add(1, tags);
        }
        catch (Exception cause)
        {
            NoteFault(cause);
        }
    }

    private double SecondsSince(long startedAt) => _time.GetElapsedTime(startedAt).TotalSeconds;

    /// <summary>Logged once: a listener that fails once mostly fails each time.</summary>
    private void NoteFault(Exception cause)
    {
        if (Interlocked.Exchange(ref _hasFailed, 1) == 0) LogListenerFailed(cause);
    }

    [LoggerMessage(8003, LogLevel.Error, "A listener of the metrics failed; what it was to measure goes on without it, and this is not logged again")]
    private partial void LogListenerFailed(Exception cause);
}
