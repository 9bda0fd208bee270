using RoomWs.Server.Configuration;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>Checks the rules that go beyond the range of a number. Every message says what to do.</summary>
internal static class OptionsValidator
{
    public static IEnumerable<SettingProblem> Validate(RoomWsOptions options) =>
        [.. ListenerRules.Check(options), .. IdentityRules.Check(options), .. Database(options), .. Queue(options)];

    private static IEnumerable<SettingProblem> Database(RoomWsOptions options)
    {
        // For an empty name SQLite opens a temporary database, and deletes it on close.
        if (string.IsNullOrWhiteSpace(options.Database))
            yield return new SettingProblem("Database is empty; it must be the path of a file", nameof(options.Database));
        else if (options.Database.Contains('\0', StringComparison.Ordinal))
            yield return new SettingProblem("Database holds a NUL; it must be the path of a file", nameof(options.Database));
    }

    private static IEnumerable<SettingProblem> Queue(RoomWsOptions options)
    {
        var limits = options.Limits;
        if (limits.OutboundQueueBytes < 2L * limits.MessageBytes)
        {
            yield return new SettingProblem(
                FormattableString.Invariant($"Limits:OutboundQueueBytes is {limits.OutboundQueueBytes}; it must be at least {2L * limits.MessageBytes}, twice Limits:MessageBytes, or one large message and its reply would have a healthy connection closed as too slow"),
                "Limits:OutboundQueueBytes",
                "Limits:MessageBytes");
        }
    }
}
