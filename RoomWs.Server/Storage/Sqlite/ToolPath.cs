namespace RoomWs.Server.Storage.Sqlite;

/// <summary>The paths that an operator gives to <c>backup</c>, <c>restore</c>, <c>compact</c> and <c>check-database</c>.</summary>
internal static class ToolPath
{
    /// <summary>Refuses a text that names no file, whatever is on the disk: the calls of the system would throw, or take it for a directory.</summary>
    /// <param name="path">The text.</param>
    /// <param name="what">What the file is, such as <c>copy</c>.</param>
    /// <exception cref="DatabaseToolException">It names no file.</exception>
    public static void ExpectName(string path, string what)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new DatabaseToolException($"The path of the {what} is empty; give the path of a file.");
        if (path.Contains('\0', StringComparison.Ordinal)) throw new DatabaseToolException($"The path of the {what} holds a NUL; give the path of a file.");
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path)) throw new DatabaseToolException($"The {what} {path} is a directory; give the path of a file.");
    }

    /// <summary>Refuses a text that names no file that is there.</summary>
    /// <param name="path">The text.</param>
    /// <param name="what">What the file is, such as <c>backup</c>.</param>
    /// <param name="advice">The end of the sentence that tells that there is none.</param>
    /// <exception cref="DatabaseToolException">There is no such file.</exception>
    public static void ExpectFile(string path, string what, string advice)
    {
        ExpectName(path, what);
        if (!File.Exists(path)) throw new DatabaseToolException($"There is no {what} {path}{advice}.");
    }
}
