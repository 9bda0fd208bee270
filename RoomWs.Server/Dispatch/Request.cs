using RoomWs.Server.Metrics;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Dispatch;

/// <summary>A request as it came in; good until its command's task has ended, for it lies in the receive buffer.</summary>
/// <param name="Connection">Whose it is.</param>
/// <param name="Envelope">What it has in common with all others.</param>
/// <param name="Message">All of it.</param>
/// <param name="Measured">What is measured of it.</param>
internal readonly record struct Request(ClientConnection Connection, Envelope Envelope, ReadOnlyMemory<byte> Message, RequestMeasurement Measured);
