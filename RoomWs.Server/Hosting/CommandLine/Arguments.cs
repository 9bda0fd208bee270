using RoomWs.Server.Transport;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>
/// What of the arguments is looked at before they are parsed. Needs nothing but the runtime's core: each part that is loaded is a file, and there may
/// be too few for the parser.
/// </summary>
internal static class Arguments
{
    /// <summary>
    /// Fewer files than this are too few for any server. With far fewer it would end while it loads what would say so, and which part that
    /// is changes with the runtime.
    /// </summary>
    private const int LeastFiles = 256;

    private static readonly string[] Help = ["--help", "-h", "-?"];

    /// <summary>The arguments with their command, which is serve where none is named.</summary>
    public static string[] WithCommand(string[] args) =>
        args is [] || (args[0].StartsWith('-') && args[0] != "--version" && !AskForHelp(args[0])) ? [ServeCommand.Name, .. args] : args;

    /// <summary>Says what to do where a server is to be started and the system lets the process open too few files for one. Null otherwise.</summary>
    public static string? TooFewFiles(string[] args) =>
        WithCommand(args)[0] == ServeCommand.Name && !Array.Exists(args, AskForHelp) && FileLimit.Raise() is { } files && files < LeastFiles
            ? FileLimit.TooFew(files, LeastFiles)
            : null;

    private static bool AskForHelp(string arg) => Array.IndexOf(Help, arg) >= 0;
}
