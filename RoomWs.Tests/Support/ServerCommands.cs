using Microsoft.Extensions.Logging.Abstractions;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Hosting;

namespace RoomWs.Tests.Support;

/// <summary>The commands of a real server, to be read; the server itself is closed again, so none can be executed.</summary>
internal static class ServerCommands
{
    public static IReadOnlyList<Command> All { get; } = Read();

    /// <summary>The types of those that something is so of, in the order of their names.</summary>
    public static string[] Types(Func<Command, bool> isIt) => [.. All.Where(isIt).Select(command => command.Type).Order(StringComparer.Ordinal)];

    private static IReadOnlyList<Command> Read()
    {
        using var files = new TestFiles();
        var options = new RoomWsOptions { Dev = true, Database = Path.Combine(files.Folder, "rooms.db") };
        using var core = ServerCore.Open(options, TimeProvider.System, NullLoggerFactory.Instance);
        return core.Commands.All;
    }
}
