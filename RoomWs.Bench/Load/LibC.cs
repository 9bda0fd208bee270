using System.Runtime.InteropServices;

namespace RoomWs.Bench.Load;

/// <summary>The system calls of the load generator, by which one thread waits for thousands of sockets without a task for each.</summary>
internal static partial class LibC
{
    public const int EpollCtlAdd = 1;
    public const int EpollCtlModify = 3;
    public const uint EpollIn = 0x1;
    public const uint EpollOut = 0x4;

    public const int TryAgain = 11;
    public const int NoSignal = 0x4000;
    private const int OpenFiles = 7;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static unsafe partial int EpollControl(int epoll, int operation, int descriptor, byte* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static unsafe partial int EpollWait(int epoll, byte* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static unsafe partial nint Receive(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static unsafe partial nint Send(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in Limit limit);

    /// <summary>
    /// Raises the limit of open files and sockets for this process and the servers that it starts. Returns why the system does not allow it,
    /// or null if it does.
    /// </summary>
    public static string? AllowOpenFiles(ulong needed)
    {
        if (GetLimit(OpenFiles, out var present) != 0) return "The limit of open files (RLIMIT_NOFILE) cannot be read.";
        if (present.Soft >= needed) return null;

        var raised = new Limit { Soft = needed, Hard = Math.Max(needed, present.Hard) };
        return SetLimit(OpenFiles, in raised) == 0
            ? null
            : $"This needs {needed} open files and the system allows {present.Hard}: raise it with ulimit -n {needed}.";
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
