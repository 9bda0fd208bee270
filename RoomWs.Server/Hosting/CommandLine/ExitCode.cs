namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>The exit codes of the process. They let scripts and supervisors tell a usage error from a failed start.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    public const int CouldNotStart = 1;

    public const int CouldNotBackUp = 1;

    public const int CouldNotRestore = 1;

    public const int CouldNotCompact = 1;

    public const int CouldNotMove = 1;

    public const int NotWhole = 1;

    public const int NotHealthy = 1;

    public const int WrongUsage = 2;

    /// <summary>Plus the number of the signal, as shells report a process that was ended by one.</summary>
    public const int Signal = 128;
}
