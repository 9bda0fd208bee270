namespace RoomWs.Tests.Documentation;

/// <summary>The working copy that the tests were built from. Paths are relative to its root, with slashes.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    public static void Write(string path, string text) => File.WriteAllText(Path.Combine(Root, path), text);

    /// <summary>The files below a folder, in a fixed order.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) => Directory
        .EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    private static string Find(string folder)
    {
        if (File.Exists(Path.Combine(folder, "RoomWs.sln"))) return folder;
        return Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run below RoomWs.sln."));
    }
}
