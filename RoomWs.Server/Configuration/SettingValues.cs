using System.Globalization;

namespace RoomWs.Server.Configuration;

/// <summary>The values that a setting of one type takes: how they read, and what they are called.</summary>
internal sealed class SettingValues(Type type, SettingAttribute about)
{
    private int Min => about.ZeroIsNoLimit ? 0 : about.Min;

    /// <summary>What stands for the value in the help.</summary>
    public string Name
    {
        get
        {
            if (type.IsEnum) return string.Join('|', Enum.GetNames(type)).ToLowerInvariant();
            if (type == typeof(int)) return "number";
            return type == typeof(bool) ? "true|false" : about.ValueName;
        }
    }

    /// <summary>Completes "it must be …".</summary>
    public string Allowed
    {
        get
        {
            if (type.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(type))}";
            if (type == typeof(bool)) return "true or false";
            if (type != typeof(int)) return "one text";

            var range = string.Create(CultureInfo.InvariantCulture, $"a whole number from {Min:N0} to {about.Max:N0}");
            return about.ZeroIsNoLimit ? range + ", 0 for no limit" : range;
        }
    }

    public bool TryParse(IReadOnlyList<string> given, out object? value)
    {
        if (type == typeof(string[]))
        {
            value = given
                .SelectMany(one => one.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .ToArray();
            return true;
        }

        value = null;
        return given is [var text] && TryParse(text, out value);
    }

    private bool TryParse(string text, out object? value)
    {
        if (type == typeof(string))
        {
            // An empty text is how a flag or a file takes back what a lower source sets.
            value = text.Length == 0 ? null : text;
            return true;
        }

        value = null;
        if (type == typeof(bool) && bool.TryParse(text, out var flag)) value = flag;
        if (type == typeof(int) && TryParseNumber(text, out var number)) value = number;

        // By name alone: Enum.TryParse would also take any number, and lists such as "Debug,Error".
        if (type.IsEnum && Enum.GetNames(type).FirstOrDefault(name => Same(name, text.Trim())) is { } match)
            value = Enum.Parse(type, match);
        return value is not null;
    }

    private bool TryParseNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out number)
        && number >= Min && number <= about.Max;

    private static bool Same(string name, string text) => string.Equals(name, text, StringComparison.OrdinalIgnoreCase);
}
