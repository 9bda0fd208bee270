namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// The modes of the database and of the files beside it. They hold what users write to each other, so they are for their owner alone,
/// whatever the umask is. Does nothing on Windows, where files have no such modes.
/// </summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>What SQLite puts beside a database. It gives these the mode of the database when it makes them; older ones keep theirs.</summary>
    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    /// <summary>
    /// Call before SQLite opens a database for writing: makes the file, empty, if there is none, and takes away what others than its owner may
    /// do with it and with the files that SQLite has left beside it. SQLite would make the file by the umask.
    /// </summary>
    public static void Prepare(string database)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            if (!File.Exists(database)) Create(database);
            foreach (var path in Companions.Select(suffix => database + suffix).Prepend(database)) Tighten(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // Where the file cannot be made, SQLite cannot make it either, and says why. One that belongs to another user keeps the mode that its owner gave it.
        }
    }

    /// <summary>Creates an empty file, which SQLite takes for an empty database.</summary>
    /// <exception cref="IOException">The file is there already, or cannot be made.</exception>
    public static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var created = new FileStream(path, options);
        // A umask can take rights away from the owner too.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(created.SafeFileHandle, OwnerOnly);
    }

    // Adds no right: a file that its owner has made read-only stays so.
    private static void Tighten(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path)) return;
        var mode = File.GetUnixFileMode(path);
        if ((mode & OwnerOnly) != mode) File.SetUnixFileMode(path, mode & OwnerOnly);
    }
}
