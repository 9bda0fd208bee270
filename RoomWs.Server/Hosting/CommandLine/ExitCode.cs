namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>What the process ends with; scripts and supervisors tell a mistake of usage from a failed start by it.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    public const int CouldNotStart = 1;

    public const int CouldNotBackUp = 1;

    public const int NotHealthy = 1;

    public const int WrongUsage = 2;

    /// <summary>To this a shell adds the number of the signal that ended a process.</summary>
    public const int Signal = 128;
}
