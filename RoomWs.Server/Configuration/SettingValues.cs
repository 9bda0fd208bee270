using System.Globalization;

namespace RoomWs.Server.Configuration;

/// <summary>Parses the values of a setting, and describes them for the help and for messages.</summary>
internal sealed class SettingValues(Type declared, HelpAttribute about)
{
    private readonly Type _type = Nullable.GetUnderlyingType(declared) ?? declared;

    private bool MayBeEmpty => _type == typeof(string) || _type != declared;

    private int Min => about.ZeroIsNoLimit ? 0 : about.Min;

    /// <summary>The placeholder for the value in the help.</summary>
    public string Name
    {
        get
        {
            if (_type.IsEnum) return string.Join('|', Enum.GetNames(_type)).ToLowerInvariant();
            if (_type == typeof(int)) return "number";
            return _type == typeof(bool) ? "true|false" : about.ValueName;
        }
    }

    /// <summary>Completes "it must be …".</summary>
    public string Allowed
    {
        get
        {
            if (_type.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(_type))}";
            if (_type == typeof(bool)) return "true or false";
            if (_type != typeof(int)) return "one text";

            var range = string.Create(CultureInfo.InvariantCulture, $"a whole number from {Min:N0} to {about.Max:N0}");
            return about.ZeroIsNoLimit ? range + ", 0 for no limit" : range;
        }
    }

    public bool TryParse(IReadOnlyList<string> given, out object? value)
    {
        if (_type == typeof(string[]))
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
        value = null;
        // With an empty text a flag or a file clears a value: its default, or that of a lower source.
        if (MayBeEmpty && text.Length == 0) return true;

        if (_type == typeof(string)) value = text;
        if (_type == typeof(bool) && bool.TryParse(text, out var flag)) value = flag;
        if (_type == typeof(int) && TryParseNumber(text, out var number)) value = number;

        // Not Enum.TryParse, which would also accept any number, and lists such as "Debug,Error".
        if (_type.IsEnum && Enum.GetNames(_type).FirstOrDefault(name => Same(name, text.Trim())) is { } match)
            value = Enum.Parse(_type, match);
        return value is not null;
    }

    private bool TryParseNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out number)
        && number >= Min && number <= about.Max;

    private static bool Same(string name, string text) => string.Equals(name, text, StringComparison.OrdinalIgnoreCase);
}
