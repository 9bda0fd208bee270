using System.Reflection;

namespace RoomWs.Server.Configuration;

/// <summary>All settings, in the order of <see cref="RoomWsOptions"/>. Names are case-insensitive.</summary>
internal static class SettingTable
{
    public static IReadOnlyList<Setting> All { get; } = [.. Settings(group: null, typeof(RoomWsOptions))];

    private static readonly Dictionary<string, Setting> ByName = All.ToDictionary(setting => setting.Name, StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> Groups = All
        .Where(setting => setting.Name.Contains(':', StringComparison.Ordinal))
        .Select(setting => setting.Name.Split(':')[0])
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the setting of a name, or null. The name of a list's element, such as <c>AllowedOrigins:0</c>, finds the list.</summary>
    public static Setting? Find(string name)
    {
        if (ByName.TryGetValue(name, out var setting)) return setting;

        var colon = name.LastIndexOf(':');
        return colon > 0 && name[(colon + 1)..].All(char.IsAsciiDigit) && ByName.TryGetValue(name[..colon], out var list) && list.IsList
            ? list
            : null;
    }

    public static Setting Get(string name) => ByName[name];

    /// <summary>Whether the name is a group of settings, such as <c>Limits</c>.</summary>
    public static bool IsGroup(string name) => Groups.Contains(name);

    private static IEnumerable<Setting> Settings(PropertyInfo? group, Type type)
    {
        foreach (var property in type.GetProperties())
        {
            if (property.GetCustomAttribute<HelpAttribute>() is { } about) yield return new Setting(group, property, about);
            else
                foreach (var setting in Settings(property, property.PropertyType)) yield return setting;
        }
    }
}
