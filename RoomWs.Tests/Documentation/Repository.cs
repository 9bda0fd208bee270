namespace RoomWs.Tests.Documentation;

/// <summary>The working copy that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder)
    {
        if (File.Exists(Path.Combine(folder, "RoomWs.sln"))) return folder;
        return Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run below RoomWs.sln."));
    }
}
