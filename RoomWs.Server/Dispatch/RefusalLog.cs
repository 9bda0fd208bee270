using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// Logs requests that were refused for a missing identity or role. A client can ask for that as fast as it may send, so a connection gets one
/// line a second, which counts the others. May be used from any thread.
/// </summary>
internal sealed partial class RefusalLog(TimeProvider time, ILogger<RefusalLog> logger)
{
    /// <summary>Only connections that were refused something have an entry. It goes with its connection.</summary>
    private readonly ConditionalWeakTable<ClientConnection, LogThrottle> _throttles = [];

    public void Note(ClientConnection connection, string action, string? room, string code)
    {
        var refused = _throttles.GetValue(connection, _ => new LogThrottle(time)).Add();
        if (refused == 1) LogRefusal(action, UserOf(connection), LogText.Quote(room), code, connection.Id);
        else if (refused > 1) LogRefusals(refused, UserOf(connection), connection.Id, action, LogText.Quote(room), code);
    }

    /// <summary>Logs what was left out, once the connection has ended.</summary>
    public void End(ClientConnection connection)
    {
        if (_throttles.TryGetValue(connection, out var throttle) && throttle.Rest() is > 0 and var refused) LogLast(refused, UserOf(connection), connection.Id);
    }

    private static string? UserOf(ClientConnection connection) => LogText.Quote(connection.Caller?.UserId);

    [LoggerMessage(2001, LogLevel.Information, "Refused {Action} of user {User} on room {Room}: {Code} (connection {Connection})")]
    private partial void LogRefusal(string action, string? user, string? room, string code, string connection);

    [LoggerMessage(2003, LogLevel.Information, "Refused {Count} more requests of user {User} on connection {Connection}, the last {Action} on room {Room}: {Code}")]
    private partial void LogRefusals(int count, string? user, string connection, string action, string? room, string code);

    [LoggerMessage(2004, LogLevel.Information, "Refused {Count} more requests of user {User} on connection {Connection} before it ended")]
    private partial void LogLast(int count, string? user, string connection);
}
