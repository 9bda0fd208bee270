using RoomWs.Server.Metrics;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Dispatch;

/// <summary>A request as it came in. Valid only until its command's task has ended, because it points into the receive buffer.</summary>
/// <param name="Connection">The connection that it came in on.</param>
/// <param name="Envelope">The fields that every request can have.</param>
/// <param name="Message">The whole message.</param>
/// <param name="Measured">Its type and start time, for the metrics.</param>
internal readonly record struct Request(ClientConnection Connection, Envelope Envelope, ReadOnlyMemory<byte> Message, RequestMeasurement Measured);
