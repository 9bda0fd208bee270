using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Metrics;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Hosting;

/// <summary>
/// Logs and counts how connections begin and end. What anybody who reaches the port can cause without an identity, a refused upgrade or a
/// token that does not hold, gets one line a second for each kind, which counts the others. May be used from any thread.
/// </summary>
internal sealed partial class ConnectionLog(ServerMetrics metrics, TimeProvider time, ILogger<ConnectionLog> logger)
{
    /// <summary>Reasons are the server's own and few. Should one hold something of a client's, the rest of them share a kind for each status.</summary>
    private const int MaxKinds = 64;

    private const int MaxOriginLength = 200;

    private readonly ConcurrentDictionary<Kind, Refused> _refused = new();

    /// <summary>Counts an upgrade that was refused, and logs it.</summary>
    /// <param name="refusal">What the client gets.</param>
    /// <param name="isOverload">Whether the operator should do something about it.</param>
    /// <param name="address">The client's address.</param>
    /// <param name="origin">The origin of the page, where it is the reason.</param>
    public void UpgradeRefused(HandshakeRefusal refusal, bool isOverload, string address, string? origin)
    {
        metrics.HandshakeRefused(refusal.Status);
        // What follows a colon may repeat the client's own bytes, and these may be a token.
        var reason = refusal.Reason.Split(':')[0].TrimEnd('.');
        var level = isOverload ? LogLevel.Warning : LogLevel.Information;
        var kind = new Kind(IsUpgrade: true, level, refusal.Status, reason);
        Note(kind, address, count => WriteUpgrades(kind, count, origin is null ? address : $"{address}, a page of {Shown(origin)}"));
    }

    public void Opened(ClientConnection connection, string address)
    {
        // One whose token was refused is closing already. The line of its end says all.
        if (connection.Closing is null || connection.Identity is not null) LogOpened(connection.Id, LogText.Quote(connection.Identity?.UserId), address);
    }

    /// <summary>Notes a client that could not be signed in by a fault of the server.</summary>
    public void SignInFailed(Exception cause, ClientConnection connection) => LogSignInFailed(cause, connection.Id);

    /// <summary>Notes a connection that could not go on by a fault of the server.</summary>
    public void Failed(Exception cause, ClientConnection connection) => LogFailed(cause, connection.Id);

    public void LostEarly(string connection, string reason) => LogLostEarly(connection, reason);

    /// <summary>Counts the end of a connection, and logs it.</summary>
    public void Ended(ClientConnection connection, ConnectionEnd end, string address)
    {
        metrics.Closed(end.Code, end.ByName);
        var user = LogText.Quote(connection.Identity?.UserId);
        var seconds = (long)time.GetElapsedTime(connection.OpenedAt).TotalSeconds;
        if (!end.IsByRule)
        {
            LogClosed(connection.Id, user, seconds, end.Code, end.Reason, address);
        }
        else if (user is not null)
        {
            LogClosedByRule(connection.Id, user, seconds, end.Code, end.Reason, address);
        }
        else
        {
            Note(new Kind(IsUpgrade: false, LogLevel.Warning, end.Code, ""), address, count =>
            {
                if (count == 1) LogClosedByRule(connection.Id, user, seconds, end.Code, end.Reason, address);
                else LogMoreClosedByRule(count, end.Code, address);
            });
        }
    }

    /// <summary>Logs what was left out, where nothing of its kind came in the last second. Housekeeping calls this once a second.</summary>
    public void Look()
    {
        foreach (var (kind, refused) in _refused)
        {
            if (refused.Throttle.Overdue() is not (> 0 and var count)) continue;
            if (kind.IsUpgrade) WriteMoreUpgrades(kind, count, refused.LastAddress);
            else LogMoreClosedByRule(count, kind.Code, refused.LastAddress);
        }
    }

    private void Note(Kind kind, string address, Action<int> write)
    {
        if (_refused.Count >= MaxKinds && !_refused.ContainsKey(kind)) kind = kind with { Reason = "" };
        var refused = _refused.GetOrAdd(kind, _ => new Refused(new LogThrottle(time)));
        refused.LastAddress = address;
        if (refused.Throttle.Add() is > 0 and var count) write(count);
    }

    private void WriteUpgrades(Kind kind, int count, string from)
    {
        if (count == 1) LogUpgradeRefused(kind.Level, from, kind.Code, kind.Reason);
        else WriteMoreUpgrades(kind, count, from);
    }

    private void WriteMoreUpgrades(Kind kind, int count, string from) => LogMoreUpgradesRefused(kind.Level, count, kind.Code, from, kind.Reason);

    /// <summary>An origin comes from the client: without what could end the line, and not without end.</summary>
    private static string Shown(string origin) =>
        string.Concat(origin.Take(MaxOriginLength).Select(c => char.IsAsciiLetterOrDigit(c) || ":/.-_[]".Contains(c, StringComparison.Ordinal) ? c : '?'));

    /// <summary>What is counted together.</summary>
    private sealed record Kind(bool IsUpgrade, LogLevel Level, int Code, string Reason);

    private sealed class Refused(LogThrottle throttle)
    {
        public LogThrottle Throttle { get; } = throttle;

        public string LastAddress { get; set; } = "";
    }

    [LoggerMessage(3008, LogLevel.Error, "The client of connection {Connection} could not be signed in, and was closed with 1011")]
    private partial void LogSignInFailed(Exception cause, string connection);

    [LoggerMessage(3009, LogLevel.Error, "Connection {Connection} failed, and was closed with 1011")]
    private partial void LogFailed(Exception cause, string connection);

    [LoggerMessage(3001, LogLevel.Information, "Connection {Connection} opened, user {User} (from {Address})")]
    private partial void LogOpened(string connection, string? user, string address);

    [LoggerMessage(3002, LogLevel.Information, "Connection {Connection} of user {User} ended after {Seconds} s with {Code}: {Reason} (from {Address})")]
    private partial void LogClosed(string connection, string? user, long seconds, int code, string reason, string address);

    [LoggerMessage(3004, LogLevel.Warning, "Connection {Connection} of user {User} ended after {Seconds} s, closed with {Code}: {Reason} (from {Address})")]
    private partial void LogClosedByRule(string connection, string? user, long seconds, int code, string reason, string address);

    [LoggerMessage(3003, LogLevel.Debug, "Connection {Connection} was lost in its handshake: {Reason}")]
    private partial void LogLostEarly(string connection, string reason);

    [LoggerMessage(EventId = 3005, Message = "Refused an upgrade (from {Address}) with {Status}: {Reason}")]
    private partial void LogUpgradeRefused(LogLevel level, string address, int status, string reason);

    [LoggerMessage(EventId = 3006, Message = "Refused {Count} more upgrades with {Status} (the last from {Address}): {Reason}")]
    private partial void LogMoreUpgradesRefused(LogLevel level, int count, int status, string address, string reason);

    [LoggerMessage(3007, LogLevel.Warning, "{Count} more connections without an identity were closed with {Code} (the last from {Address})")]
    private partial void LogMoreClosedByRule(int count, int code, string address);
}
