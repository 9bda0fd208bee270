using System.Collections;
using System.Globalization;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Hosting.Settings;

/// <summary>
/// Builds the options from flags, ROOMWS_ variables and a JSON file, in this order of priority. It does not stop at a problem, so that an
/// operator sees all of them at once.
/// </summary>
internal sealed class SettingsLoader
{
    private readonly RoomWsOptions _options = new();
    private readonly Dictionary<Setting, (SettingSource Source, List<string> Texts)> _given = [];
    private readonly List<string> _problems = [];
    private readonly HashSet<string> _unread = new(StringComparer.Ordinal);
    private bool _fileIsBroken;

    private SettingsLoader()
    {
    }

    public static LoadedSettings Load(SettingInputs inputs)
    {
        var loader = new SettingsLoader();
        if (inputs.ConfigFile is { } file) loader.AddFile(file);
        loader.AddVariables(inputs.Variables);
        foreach (var (setting, texts) in inputs.Flags)
            foreach (var text in texts) loader.Add(setting, SettingSource.Flag, text);
        return loader.Build();
    }

    private void AddFile(string path)
    {
        var settings = SettingsFile.Read(path, _problems);
        _fileIsBroken = _problems.Count > 0;
        foreach (var (name, text) in settings)
        {
            if (SettingTable.Find(name) is { } setting)
            {
                if (text is not null) Add(setting, SettingSource.File, text);
            }
            else if (!SettingTable.IsGroup(name) || !string.IsNullOrEmpty(text))
            {
                AddUnknown(name, $"in {path}", [.. SettingTable.All.Select(known => known.Name)]);
            }
        }
    }

    private void AddVariables(IDictionary variables)
    {
        // On Linux ROOMWS_PORT and ROOMWS_Port are two variables. They name one setting here, so having both is a problem: neither may win by chance.
        var names = variables.Keys.Cast<string>()
            .Where(name => name.StartsWith(Setting.VariablePrefix, StringComparison.OrdinalIgnoreCase))
            .Where(name => variables[name] is string { Length: > 0 } value && !ServiceLinks.Contain(name, value))
            .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            .OrderBy(same => ElementIndex(same.Key))
            .ThenBy(same => same.Key, StringComparer.Ordinal);

        foreach (var same in names)
        {
            var name = same.Key[Setting.VariablePrefix.Length..].Replace("__", ":", StringComparison.Ordinal);
            if (SettingTable.Find(name) is not { } setting)
                AddUnknown(same.Key, "in the environment", [.. SettingTable.All.Select(known => known.Variable)]);
            else if (same.Count() > 1)
                AddUnread(setting, $"{setting.Name} is set by several variables, {string.Join(" and ", same.Order(StringComparer.Ordinal))}; keep one");
            else
                Add(setting, SettingSource.Environment, (string)variables[same.Key]!);
        }
    }

    // Sorts the elements of a list by number: as text, 10 would come before 2.
    private static int ElementIndex(string variable) =>
        int.TryParse(variable[(variable.LastIndexOf('_') + 1)..], CultureInfo.InvariantCulture, out var index) ? index : -1;

    private void Add(Setting setting, SettingSource source, string text)
    {
        // A higher source replaces a whole list: an origin that only the lower source names must not stay allowed.
        if (!_given.TryGetValue(setting, out var given) || given.Source != source)
            _given[setting] = given = (source, []);
        given.Texts.Add(text);
    }

    private void AddUnread(Setting setting, string problem)
    {
        _problems.Add(problem);
        _unread.Add(setting.Name);
    }

    private void AddUnknown(string name, string where, IReadOnlyList<string> known)
    {
        // People forget the Limits in the name of a limit, so try the name with it too.
        var start = name.StartsWith(Setting.VariablePrefix, StringComparison.OrdinalIgnoreCase) ? Setting.VariablePrefix.Length : 0;
        var nearest = NearestName.Find(name, known) ?? NearestName.Find(name.Insert(start, nameof(RoomWsOptions.Limits)), known);
        _problems.Add($"Unknown setting {name} {where}" + (nearest is null ? "" : $"; did you mean {nearest}?"));
    }

    private LoadedSettings Build()
    {
        foreach (var setting in SettingTable.All.Where(_given.ContainsKey))
        {
            if (setting.TrySet(_options, _given[setting].Texts) is { } problem) AddUnread(setting, problem);
        }

        // A file that cannot be read may hold any setting that no higher source has.
        if (_fileIsBroken) _unread.UnionWith(SettingTable.All.Where(setting => !_given.ContainsKey(setting)).Select(setting => setting.Name));

        // Skip the rules about values that could not be read: they would blame the default.
        var given = _given.Keys.Select(setting => setting.Name).ToHashSet(StringComparer.Ordinal);
        var broken = OptionsValidator.Validate(_options, given).Where(problem => !problem.Settings.Any(_unread.Contains));

        return new LoadedSettings(
            _options,
            _given.ToDictionary(given => given.Key.Name, given => given.Value.Source, StringComparer.Ordinal),
            [.. _problems.Select(problem => new SettingProblem(problem)), .. broken],
            _unread);
    }
}
