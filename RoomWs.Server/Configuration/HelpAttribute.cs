namespace RoomWs.Server.Configuration;

/// <summary>Makes a property a setting: its line of help, and the values it takes.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HelpAttribute(string help) : Attribute
{
    public string Help { get; } = help;

    /// <summary>What stands for a text value in the help, such as "file".</summary>
    public string ValueName { get; set; } = "text";

    public int Min { get; set; } = 1;

    public int Max { get; set; } = int.MaxValue;

    /// <summary>The limit can be switched off with 0.</summary>
    public bool ZeroIsNoLimit { get; set; }

    /// <summary>The value never shows in a message or in the list of settings.</summary>
    public bool Secret { get; set; }

    /// <summary>How the absence of a value reads in the list of settings.</summary>
    public string WhenEmpty { get; set; } = "(none)";
}
