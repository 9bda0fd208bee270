using System.Runtime.InteropServices;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>
/// SIGXFSZ: a write would grow a file past the process's file size limit. By default it ends the process. If it is ignored, the write fails
/// as on a full disk, which the rest of the program handles.
/// </summary>
internal static class FileSizeSignal
{
    /// <summary>Its number on Linux and macOS; <see cref="PosixSignal"/> has no name for it.</summary>
    private const PosixSignal Number = (PosixSignal)25;

    /// <summary>Never disposed: the runtime calls the handler on a thread of its own, some time after the write has failed.</summary>
    private static PosixSignalRegistration? _registration;

    public static void Ignore()
    {
        if (!OperatingSystem.IsWindows()) _registration ??= PosixSignalRegistration.Create(Number, context => context.Cancel = true);
    }
}
