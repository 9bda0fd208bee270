using System.Collections;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>The source of a value, in rising priority.</summary>
internal enum SettingSource
{
    Default,
    File,
    Environment,
    Flag,
}

/// <summary>The sources that settings are read from.</summary>
/// <param name="ConfigFile">The JSON file of <c>--config</c>; null if there is none.</param>
/// <param name="Variables">The environment; only variables that begin with ROOMWS_ count.</param>
/// <param name="Flags">The values given as flags.</param>
internal sealed record SettingInputs(
    string? ConfigFile,
    IDictionary Variables,
    IReadOnlyDictionary<Setting, IReadOnlyList<string>> Flags);

/// <summary>The settings in effect, and every problem with them.</summary>
/// <param name="Options">The settings. One that could not be read has its default.</param>
/// <param name="Sources">The sources of the settings that were given, by name; the others have their default.</param>
/// <param name="Found">Every problem; empty if there is none.</param>
/// <param name="Unread">The settings, by name, that are given or may be, but could not be read. <paramref name="Found"/> says why.</param>
internal sealed record LoadedSettings(
    RoomWsOptions Options,
    IReadOnlyDictionary<string, SettingSource> Sources,
    IReadOnlyList<SettingProblem> Found,
    IReadOnlySet<string> Unread)
{
    /// <summary>Empty when the server can start with these settings.</summary>
    public IReadOnlyList<string> Problems => [.. Found.Select(problem => problem.Message)];

    /// <summary>The problems that matter to a command that needs only this setting: its own, and those that belong to no setting.</summary>
    public IReadOnlyList<string> ProblemsOf(string setting) =>
        [.. Found.Where(problem => problem.Settings.Length == 0 || problem.Settings.Contains(setting)).Select(problem => problem.Message)];
}

/// <summary>A problem with the settings.</summary>
/// <param name="Message">What is wrong and what to do about it.</param>
/// <param name="Settings">The settings whose rule is broken; empty if the input itself could not be read, such as an unknown name.</param>
internal sealed record SettingProblem(string Message, params string[] Settings);
