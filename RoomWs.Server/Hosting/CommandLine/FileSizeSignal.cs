using System.Runtime.InteropServices;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>
/// SIGXFSZ: a file would grow past the limit that the process has for the size of files. It would end the process; ignored, the write fails
/// as on a full disk, and that is what the rest of the program knows how to deal with.
/// </summary>
internal static class FileSizeSignal
{
    /// <summary>The number that it has on Linux and on macOS; the runtime has no name for it.</summary>
    private const PosixSignal Number = (PosixSignal)25;

    /// <summary>Stays for good: the runtime asks whether to end the process some time after the write has failed, on a thread of its own.</summary>
    private static PosixSignalRegistration? _registration;

    public static void Ignore()
    {
        if (!OperatingSystem.IsWindows()) _registration ??= PosixSignalRegistration.Create(Number, context => context.Cancel = true);
    }
}
