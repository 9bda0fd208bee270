using System.Diagnostics;
using System.Globalization;

namespace RoomWs.Tests.Support;

/// <summary>
/// A shell starts what it runs in its background with SIGINT and SIGQUIT ignored, and whatever that starts ignores them, too. A server under test would then
/// never end by them.
/// </summary>
internal static class Signals
{
    private const int Interrupt = 2;
    private const int Quit = 3;

    /// <summary>What to start a server by so that it heeds all signals; empty where it does anyway.</summary>
    public static IReadOnlyList<string> Heeding { get; } = AreIgnored() ? Restoring() : [];

    private static bool AreIgnored()
    {
        if (!OperatingSystem.IsLinux()) return false;
        const string field = "SigIgn:";
        var ignored = ulong.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..], NumberStyles.HexNumber | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
        return (ignored & (Bit(Interrupt) | Bit(Quit))) != 0;
    }

    private static string[] Restoring()
    {
        string[] env = ["env", "--default-signal=INT,QUIT"];
        using var trial = Process.Start(new ProcessStartInfo(env[0], [env[1], "true"]) { UseShellExecute = false, RedirectStandardError = true })!;
        trial.StandardError.ReadToEnd();
        trial.WaitForExit();
        if (trial.ExitCode == 0) return env;
        throw new InvalidOperationException("This run ignores SIGINT, as in the background of a shell, and env has no --default-signal to undo it: run the tests in the foreground.");
    }

    private static ulong Bit(int signal) => 1UL << (signal - 1);
}
