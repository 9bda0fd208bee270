using System.Reflection;
using System.Text.RegularExpressions;

namespace RoomWs.Server.Configuration;

/// <summary>One setting as operators see it: the names, help text and values of a property of <see cref="RoomWsOptions"/>.</summary>
internal sealed partial class Setting
{
    /// <summary>The prefix of all environment variables that are settings.</summary>
    public const string VariablePrefix = "ROOMWS_";

    private readonly PropertyInfo? _group;
    private readonly PropertyInfo _property;
    private readonly HelpAttribute _about;
    private readonly SettingValues _values;

    public Setting(PropertyInfo? group, PropertyInfo property, HelpAttribute about)
    {
        (_group, _property, _about) = (group, property, about);
        _values = new SettingValues(property.PropertyType, about);
        Name = group is null ? property.Name : $"{group.Name}:{property.Name}";
        Flag = "--" + string.Join('-', Name.Split(':').Select(Kebab));
        Variable = VariablePrefix + Name.Replace(":", "__", StringComparison.Ordinal);
        Default = Show(new RoomWsOptions());
    }

    /// <summary>The name in messages and in the file, such as <c>Limits:MembersPerRoom</c>.</summary>
    public string Name { get; }

    /// <summary>The name on the command line, such as <c>--limits-members-per-room</c>.</summary>
    public string Flag { get; }

    /// <summary>The name in the environment, such as <c>ROOMWS_Limits__MembersPerRoom</c>.</summary>
    public string Variable { get; }

    public string Help => $"{_about.Help} [default: {Default}]";

    public string ValueName => _values.Name;

    public string Default { get; }

    /// <summary>Whether the flag needs no value: if it is given, the setting is true.</summary>
    public bool IsSwitch => _property.PropertyType == typeof(bool);

    public bool IsList => _property.PropertyType == typeof(string[]);

    /// <summary>Parses <paramref name="given"/> and sets the property, or returns what is wrong and sets nothing.</summary>
    public string? TrySet(RoomWsOptions options, IReadOnlyList<string> given)
    {
        if (!_values.TryParse(given, out var value))
        {
            var shown = _about.Secret ? "not usable" : $"\"{string.Join(',', given)}\"";
            return $"{Name} is {shown}; it must be {_values.Allowed}";
        }

        _property.SetValue(Owner(options), value);
        return null;
    }

    public string Show(RoomWsOptions options) => _property.GetValue(Owner(options)) switch
    {
        null or "" or string[] { Length: 0 } => _about.WhenEmpty,
        _ when _about.Secret => "(set)",
        bool value => value ? "true" : "false",
        string[] values => string.Join(',', values),
        var value => FormattableString.Invariant($"{value}"),
    };

    private object? Owner(RoomWsOptions options) => _group is null ? options : _group.GetValue(options);

    private static string Kebab(string name) => WordStart().Replace(name, "-").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex WordStart();
}
