namespace RoomWs.Server.Metrics;

/// <summary>What a request counts as, and since when it is on its way.</summary>
/// <param name="Type">Its type, or <see cref="ServerMetrics.UnknownType"/>.</param>
/// <param name="StartedAt">When it came in; null where nobody measures.</param>
internal readonly record struct RequestMeasurement(string Type, long? StartedAt);
