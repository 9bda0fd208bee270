using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Settings;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting.Settings;

/// <summary>Settings of a test: a file, variables, of which Dev is set at first, and flags. One fixture for each test.</summary>
internal abstract class SettingsTest : IDisposable
{
    private readonly Dictionary<Setting, IReadOnlyList<string>> _flags = [];
    private readonly TestFiles _files = new();

    protected Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal) { ["ROOMWS_Dev"] = "true", ["PATH"] = "/bin" };

    protected string Folder => _files.Folder;

    /// <summary>The path of --config; null where there is none.</summary>
    protected string? ConfigPath { get; set; }

    public void Dispose() => _files.Dispose();

    protected void Config(string json) => ConfigPath = _files.Write("roomws.json", json);

    protected void Flag(string name, string value) => _flags[SettingTable.Get(name)] = [value];

    protected LoadedSettings Load() => SettingsLoader.Load(new SettingInputs(ConfigPath, Variables, _flags));
}
