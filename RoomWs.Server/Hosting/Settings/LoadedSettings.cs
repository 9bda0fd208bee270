using System.Collections;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>Where a value came from, in rising priority.</summary>
internal enum SettingSource
{
    Default,
    File,
    Environment,
    Flag,
}

/// <summary>All that settings are read from.</summary>
/// <param name="ConfigFile">The JSON file of <c>--config</c>.</param>
/// <param name="Variables">The environment; those that begin with ROOMWS_ count.</param>
/// <param name="Flags">The values given by flag.</param>
internal sealed record SettingInputs(
    string? ConfigFile,
    IDictionary Variables,
    IReadOnlyDictionary<Setting, IReadOnlyList<string>> Flags);

/// <summary>The settings in effect, or else everything that is wrong with them, one line each.</summary>
/// <param name="Options">Holds the default where a value could not be read.</param>
/// <param name="Sources">The settings that were given, by name; the others have their default.</param>
/// <param name="Found">All that is wrong with them.</param>
internal sealed record LoadedSettings(
    RoomWsOptions Options,
    IReadOnlyDictionary<string, SettingSource> Sources,
    IReadOnlyList<SettingProblem> Found)
{
    /// <summary>Empty when the server can start with these settings.</summary>
    public IReadOnlyList<string> Problems => [.. Found.Select(problem => problem.Message)];

    /// <summary>What keeps a command from its work that needs one setting alone.</summary>
    public IReadOnlyList<string> ProblemsOf(string setting) =>
        [.. Found.Where(problem => problem.Settings.Length == 0 || problem.Settings.Contains(setting)).Select(problem => problem.Message)];
}

/// <summary>Something that is wrong with settings.</summary>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Settings">The settings whose rule is broken; none where one could not even be read.</param>
internal sealed record SettingProblem(string Message, params string[] Settings);
