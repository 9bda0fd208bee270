using System.Collections;
using System.CommandLine;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Settings;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>
/// The settings that a command takes as flags, and <c>--config</c>. Values are passed on as text: <see cref="SettingsLoader"/> parses and
/// checks them, so that the messages are the same for every source.
/// </summary>
internal sealed class SettingFlags
{
    private readonly Dictionary<Setting, Option> _options;

    private readonly Option<string> _config = new("--config")
    {
        HelpName = "file",
        Description = "JSON file of settings. A flag wins over a ROOMWS_ variable, and that over the file.",
    };

    public SettingFlags(IEnumerable<Setting> settings) => _options = settings.ToDictionary(setting => setting, ToOption);

    public void AddTo(Command command)
    {
        command.Add(_config);
        foreach (var option in _options.Values) command.Add(option);
    }

    public LoadedSettings Load(ParseResult parsed, IDictionary variables)
    {
        var flags = new Dictionary<Setting, IReadOnlyList<string>>();
        foreach (var (setting, option) in _options)
        {
            if (parsed.GetResult(option) is not { Implicit: false } given) continue;
            flags[setting] = given.Tokens.Count == 0 ? [bool.TrueString] : [.. given.Tokens.Select(token => token.Value)];
        }

        return SettingsLoader.Load(new SettingInputs(parsed.GetValue(_config), variables, flags));
    }

    private static Option ToOption(Setting setting)
    {
        if (setting.IsSwitch) return new Option<bool>(setting.Flag) { Description = setting.Help };
        if (setting.IsList) return new Option<string[]>(setting.Flag) { Description = setting.Help, HelpName = setting.ValueName };
        return new Option<string>(setting.Flag) { Description = setting.Help, HelpName = setting.ValueName };
    }
}
