using RoomWs.Server.Configuration;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>Checks the rules that go beyond the range of a number. Every message says what to do.</summary>
internal static class OptionsValidator
{
    /// <summary>Returns every broken rule.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="given">The names of those that the operator has set.</param>
    public static IEnumerable<SettingProblem> Validate(RoomWsOptions options, IReadOnlySet<string> given) =>
        [.. ListenerRules.Check(options), .. IdentityRules.Check(options), .. Database(options), .. PostgresRules.Check(options, given), .. Queue(options)];

    private static IEnumerable<SettingProblem> Database(RoomWsOptions options)
    {
        // Then there is no file, and an empty name may be how another source's was taken back.
        if (options.Postgres is not null) yield break;

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
