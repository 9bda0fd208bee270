using System.Diagnostics;
using System.Text.Json;

namespace RoomWs.Bench.Servers;

/// <summary>The Node.js servers in peers/. Their packages are installed there before the first run.</summary>
internal static class NodePackages
{
    private static readonly string[] Programs = ["node", "npm"];

    private static string Folder => Path.Combine(Repository.Bench, "peers");

    private static string Installed => Path.Combine(Folder, "node_modules", ".package-lock.json");

    public static string Script(string name) => Path.Combine(Folder, name);

    /// <summary>Installs the packages if necessary. Returns why the servers cannot run, or null if they can.</summary>
    public static string? Prepare()
    {
        if (Programs.FirstOrDefault(program => !IsOnPath(program)) is { } missing) return $"{missing} is not on the PATH";
        if (File.Exists(Installed) && File.GetLastWriteTimeUtc(Installed) >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json"))) return null;

        Console.Error.WriteLine("Installing the Node.js peers (npm ci)...");
        var (exitCode, output) = Run("npm", "ci", "--no-audit", "--no-fund");
        return exitCode == 0 ? null : $"npm ci failed: {output.Trim().ReplaceLineEndings(" ")}";
    }

    public static string VersionOf(string package)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "node_modules", package, "package.json")));
        return manifest.RootElement.GetProperty("version").GetString()!;
    }

    public static string NodeVersion() => Run("node", "--version").Output.Trim().TrimStart('v');

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output.Result : error.Result);
    }
}
