namespace RoomWs.Bench;

/// <summary>Finds the working copy that this program was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Bench => Path.Combine(Root, "RoomWs.Bench");

    private static string Find(string folder)
    {
        if (File.Exists(Path.Combine(folder, "RoomWs.sln"))) return folder;
        return Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The benchmarks do not run below RoomWs.sln."));
    }
}
