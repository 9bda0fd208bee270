using RoomWs.Protocol;

namespace RoomWs.Server.Sessions;

/// <summary>How the server closes a connection.</summary>
/// <param name="Code">The close code.</param>
/// <param name="Reason">The reason, for the client and the log.</param>
internal sealed record Closing(CloseCode Code, string Reason);
