using System.Globalization;
using System.Runtime.InteropServices;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>Whether a message is within the limits of its connection and its user. Decided before anything is read of it.</summary>
/// <param name="At">When it came, in ticks of the clock.</param>
/// <param name="Bytes">The bytes of its text.</param>
/// <param name="Connection">How long the connection has to wait for another request. Zero if it need not.</param>
/// <param name="User">How long the user has to, over all its connections.</param>
/// <param name="UserBytes">How long the user has to wait for that many bytes.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RateVerdict(long At, int Bytes, TimeSpan Connection, TimeSpan User, TimeSpan UserBytes)
{
    public bool IsAllowed => Connection == TimeSpan.Zero && User == TimeSpan.Zero && UserBytes == TimeSpan.Zero;

    /// <summary>The setting with the limit that the client has to wait for, the longest if it is over several.</summary>
    public string Setting =>
        UserBytes > Connection && UserBytes > User ? nameof(LimitOptions.UserBytesPerSecond)
        : User > Connection ? nameof(LimitOptions.UserRequestsPerSecond)
        : nameof(LimitOptions.RequestsPerSecond);

    /// <summary>The refusal of a message that is not allowed.</summary>
    public ErrorReply Refuse(LimitOptions limits)
    {
        var tooMuch = Setting switch
        {
            nameof(LimitOptions.UserBytesPerSecond) => $"More than {limits.UserBytesPerSecond} bytes a second over all your connections",
            nameof(LimitOptions.UserRequestsPerSecond) => $"More than {limits.UserRequestsPerSecond} requests a second over all your connections",
            _ => $"More than {limits.RequestsPerSecond} requests a second",
        };
        var wait = Math.Max(Connection.Ticks, Math.Max(User.Ticks, UserBytes.Ticks));
        return new ErrorReply(
            ErrorCode.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"{tooMuch} ({Setting}); slow down."),
            RetryAfterMs: (long)Math.Ceiling(TimeSpan.FromTicks(wait).TotalMilliseconds));
    }
}
