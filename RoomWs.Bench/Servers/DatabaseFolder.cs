namespace RoomWs.Bench.Servers;

/// <summary>A folder for a database. It is next to the program: the temporary folder may be in memory, where a commit costs nothing.</summary>
internal sealed class DatabaseFolder : IDisposable
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "scratch", Path.GetRandomFileName())).FullName;

    public string Database => Path.Combine(_folder, "rooms.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
