using System.Runtime.InteropServices;

namespace RoomWs.Server.Transport;

/// <summary>
/// How many files the system lets this process have open, sockets among them. Past that everything fails that opens one: accepting a client,
/// reading the database, loading a part of the runtime, which ends the process. There is no such limit on Windows.
/// </summary>
internal static partial class FileLimit
{
    /// <summary>What a running server has open beside its clients, where the system does not tell.</summary>
    private const int UsualInUse = 256;

    /// <summary>RLIMIT_NOFILE. The one limit that has another number on Linux than on all other systems.</summary>
    private static int OpenFiles => OperatingSystem.IsLinux() ? 7 : 8;

    /// <summary>
    /// Raises the soft limit to the hard one, as every server may, and returns what holds then. Null if there is no limit. The runtime does
    /// the same on most systems, and promises it on none.
    /// </summary>
    public static long? Raise()
    {
        if (OperatingSystem.IsWindows() || GetLimit(OpenFiles, out var limit) != 0) return null;

        var raised = limit with { Soft = limit.Hard };
        // macOS refuses more than it has for all processes, and says so only here. Then the soft limit stays.
        if (limit.Soft < limit.Hard && SetLimit(OpenFiles, in raised) == 0) limit = raised;
        return limit.Soft > int.MaxValue ? null : (long)limit.Soft;
    }

    /// <summary>How many files this process has open now.</summary>
    public static int InUse()
    {
        var folder = OperatingSystem.IsLinux() ? "/proc/self/fd" : "/dev/fd";
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Count();
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return UsualInUse;
        }
    }

    /// <summary>What an operator is told whose limit is too low.</summary>
    public static string TooFew(long files, long needed) => FormattableString.Invariant(
        $"The system lets this process open {files} files, and the server needs {needed}: raise the limit with ulimit -n, or with LimitNOFILE of systemd");

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    /// <summary>struct rlimit: two unsigned longs, and all bits set for no limit.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(nuint Soft, nuint Hard);
}
