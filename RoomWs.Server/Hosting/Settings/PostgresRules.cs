using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Postgres;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>Checks the settings of a node on PostgreSQL. Whether the database is there, its own check tells.</summary>
internal static class PostgresRules
{
    public static IEnumerable<SettingProblem> Check(RoomWsOptions options, IReadOnlySet<string> given) => [.. Postgres(options, given), .. NodeNameOf(options)];

    private static IEnumerable<SettingProblem> Postgres(RoomWsOptions options, IReadOnlySet<string> given)
    {
        if (options.Postgres is not { } postgres) yield break;

        if (PostgresAddress.Fault(postgres) is { } fault) yield return new SettingProblem($"Postgres {fault}", nameof(options.Postgres));

        // Not a problem of Database: a command that is about the file uses the file.
        if (given.Contains(nameof(options.Database)) && !string.IsNullOrEmpty(options.Database))
            yield return new SettingProblem($"Postgres is set beside Database \"{options.Database}\"; set one of the two, for a server has one database", nameof(options.Postgres));
    }

    private static IEnumerable<SettingProblem> NodeNameOf(RoomWsOptions options)
    {
        if (options.NodeName is { } name && !NodeName.IsValid(name))
            yield return new SettingProblem($"NodeName is \"{name}\"; it must have 1 to {NodeName.MaxLength} visible ASCII characters, and no space", nameof(options.NodeName));
    }
}
