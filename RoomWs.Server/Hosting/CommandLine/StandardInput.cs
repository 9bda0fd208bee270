using System.Runtime.InteropServices;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>The standard input of the process, where it was given one.</summary>
internal static partial class StandardInput
{
    /// <summary>F_GETFD and FD_CLOEXEC, which have these numbers on every Unix.</summary>
    private const int GetDescriptorFlags = 1, CloseOnExec = 1;

    /// <summary>
    /// Opens it. One that was closed when the process was started, as by <c>&lt;&amp;-</c> in a shell, has ended. Its number was free then, and the runtime
    /// has taken it for a file of its own, which never ends.
    /// </summary>
    public static Stream Open() => OperatingSystem.IsWindows() || IsInherited ? Console.OpenStandardInput() : Stream.Null;

    /// <summary>What was inherited through exec is not closed by exec; what the runtime opens for itself is.</summary>
    private static bool IsInherited => Control(0, GetDescriptorFlags) is >= 0 and var flags && (flags & CloseOnExec) == 0;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);
}
