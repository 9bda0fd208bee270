namespace RoomWs.Server.Configuration;

/// <summary>Makes a property of <see cref="RoomWsOptions"/> a setting. Holds its help text and the values that it accepts.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HelpAttribute(string help) : Attribute
{
    public string Help { get; } = help;

    /// <summary>The placeholder for a text value in the help, such as "file".</summary>
    public string ValueName { get; set; } = "text";

    public int Min { get; set; } = 1;

    public int Max { get; set; } = int.MaxValue;

    /// <summary>Whether 0 is accepted and means no limit.</summary>
    public bool ZeroIsNoLimit { get; set; }

    /// <summary>Whether the value is kept out of messages and of the list of settings.</summary>
    public bool Secret { get; set; }

    /// <summary>The text for an empty value in the help and in the list of settings.</summary>
    public string WhenEmpty { get; set; } = "(none)";
}
