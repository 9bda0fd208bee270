using System.Diagnostics;

namespace RoomWs.Tests.Support;

/// <summary>A place for a database whose disk a test can fill, and empty again, under a server that runs.</summary>
internal abstract class SmallDisk : IDisposable
{
    private readonly TestFiles _files = new();

    public string Folder => _files.Folder;

    /// <summary>A disk of its own where the system lets us mount one, as it lets root; else a limit, which it lets anybody set.</summary>
    public static SmallDisk Make() => MountedDisk.TryMake() is { } disk ? disk : new FileSizeLimit();

    /// <summary>From now on the server can write nothing more.</summary>
    public abstract void Fill(ServerProcess server);

    /// <summary>It can again.</summary>
    public abstract void Free(ServerProcess server);

    public virtual void Dispose() => _files.Dispose();

    protected static bool TryRun(params string[] line)
    {
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { UseShellExecute = false, RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

/// <summary>A file system in memory.</summary>
internal sealed class MountedDisk : SmallDisk
{
    private string Ballast => Path.Combine(Folder, "ballast");

    public static MountedDisk? TryMake()
    {
        var disk = new MountedDisk();
        if (TryRun("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.Folder)) return disk;
        disk.DisposeUnmounted();
        return null;
    }

    public override void Fill(ServerProcess server)
    {
        using var ballast = new FileStream(Ballast, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) ballast.Write(new byte[4_096]);
        }
        catch (IOException)
        {
            // Not a page is left.
        }
    }

    public override void Free(ServerProcess server) => File.Delete(Ballast);

    public override void Dispose()
    {
        if (!TryRun("umount", Folder)) throw new IOException($"{Folder} cannot be unmounted.");
        base.Dispose();
    }

    private void DisposeUnmounted() => base.Dispose();
}

/// <summary>A limit on how long the files may be that the server writes: it hears of it as of a disk that refuses to be written.</summary>
internal sealed class FileSizeLimit : SmallDisk
{
    public override void Fill(ServerProcess server) => Limit(server, "1");

    public override void Free(ServerProcess server) => Limit(server, "unlimited");

    private static void Limit(ServerProcess server, string bytes)
    {
        if (!TryRun("prlimit", "--pid", FormattableString.Invariant($"{server.Id}"), $"--fsize={bytes}:unlimited"))
            throw new IOException("The limit cannot be set.");
    }
}
