namespace RoomWs.Server.Metrics;

/// <summary>The type that a request is counted under, and its start time.</summary>
/// <param name="Type">The request's type, or <see cref="ServerMetrics.UnknownType"/>.</param>
/// <param name="StartedAt">The timestamp at which it came in; null if durations are not measured.</param>
internal readonly record struct RequestMeasurement(string Type, long? StartedAt);
