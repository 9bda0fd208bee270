namespace RoomWs.Server.Configuration;

/// <summary>The rules beyond the range of one value. Every message says what to do.</summary>
internal static class OptionsValidator
{
    public static IEnumerable<SettingProblem> Validate(RoomWsOptions options) =>
        [.. ListenerRules.Check(options), .. IdentityRules.Check(options), .. LimitRules(options)];

    private static IEnumerable<SettingProblem> LimitRules(RoomWsOptions options)
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
